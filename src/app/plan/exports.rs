//! Sources of files, from settings to what an import needs.

use std::sync::Arc;

use crate::{
    domain::{Hidden, Site},
    history::{
        fetch::{self, AzureSettings, Patience, S3Settings, SftpSettings},
        import::{Place, Sangoma, Source, Vendor, Vergic},
    },
    settings::{self, Depot, Export, Folder, Keep, Secret, Shelf},
};

pub(super) fn planned(exports: Vec<Export>, keep: Keep, site: &Site) -> Vec<Source> {
    // Nothing else of the site changes figures of the past: no import begins anew for it.
    let site = Arc::new(Site {
        zone: site.zone.clone(),
        targets: site.targets.clone(),
        ..Site::default()
    });
    let planned = exports
        .into_iter()
        .map(|export| source(export, keep, &site));
    planned.collect()
}

fn source(export: Export, keep: Keep, site: &Arc<Site>) -> Source {
    let (vendor, place, rhythm) = match export.vendor {
        settings::Vendor::Vergic(vergic) => {
            let place = shelf(vergic.shelf, &vergic.root);
            let vendor = Vendor::Vergic(Vergic {
                root: vergic.root,
                columns: vergic.columns,
                keep_contacts: keep.contacts,
                zone: site.zone.clone(),
            });
            (vendor, place, vergic.pace)
        }
        settings::Vendor::Sangoma(sangoma) => {
            let vendor = Vendor::Sangoma(Sangoma {
                tenant: sangoma.tenant,
                zone: sangoma.zone,
                file_zone: sangoma.file_zone,
                keep_contacts: keep.contacts,
                end_by: sangoma.end_by,
                site: site.clone(),
            });
            (vendor, depot(sangoma.depot), sangoma.pace)
        }
    };
    Source {
        id: export.id,
        vendor,
        place,
        interval: rhythm.interval,
        history: rhythm.history,
        settle: rhythm.settle,
        keep: keep.calls,
    }
}

fn shelf(shelf: Shelf, root: &str) -> Place {
    match shelf {
        Shelf::Folder(folder) => place(folder),
        Shelf::Sftp(sftp) => Place::Sftp(SftpSettings {
            host: sftp.host,
            port: sftp.port,
            username: sftp.username,
            key_file: sftp.key_file,
            key_passphrase: sftp.key_passphrase.as_ref().map(hidden),
            trust: match sftp.trust {
                settings::Trust::KnownHosts(file) => fetch::Trust::KnownHosts(file),
                settings::Trust::Fingerprint(print) => fetch::Trust::Fingerprint(print),
            },
            root: root.to_owned(),
            patience: Patience::default(),
        }),
    }
}

fn place(Folder { path, called }: Folder) -> Place {
    Place::Folder { path, called }
}

fn depot(depot: Depot) -> Place {
    match depot {
        Depot::Folder(folder) => place(folder),
        Depot::S3(s3) => Place::S3(S3Settings {
            bucket: s3.bucket,
            region: s3.region,
            access_key_id: hidden(&s3.access_key_id),
            secret_access_key: hidden(&s3.secret_access_key),
            endpoint: s3.endpoint,
            page: None,
            patience: Patience::default(),
        }),
        Depot::Azure(azure) => Place::Azure(AzureSettings {
            connection_string: hidden(&azure.connection_string),
            container: azure.container,
            page: None,
            patience: Patience::default(),
        }),
    }
}

fn hidden(secret: &Secret) -> Hidden {
    Hidden(secret.reveal().to_owned())
}
