//! Process metrics, with the names of all Prometheus clients. Values that the system doesn't
//! report are left out.

use std::fmt;

use super::metrics_text::MetricsText;

#[derive(Debug, Default)]
pub(super) struct ProcessMetrics {
    started: Option<f64>,
    cpu: Option<f64>,
    memory: Option<f64>,
    open_files: Option<f64>,
    open_files_max: Option<f64>,
}

impl ProcessMetrics {
    #[cfg(target_os = "linux")]
    pub(super) fn look() -> Self {
        linux::look()
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn look() -> Self {
        Self::default()
    }

    pub(super) fn write_metrics(&self, page: &mut MetricsText) -> fmt::Result {
        if let Some(cpu) = self.cpu {
            page.write_seconds("process_cpu_seconds", "CPU time used.", cpu)?;
        }
        let gauges = [
            (
                "process_start_time_seconds",
                "When the program started.",
                self.started,
            ),
            (
                "process_resident_memory_bytes",
                "Resident memory.",
                self.memory,
            ),
            (
                "process_open_fds",
                "Open files and connections.",
                self.open_files,
            ),
            (
                "process_max_fds",
                "Limit of open files and connections.",
                self.open_files_max,
            ),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                page.write_gauge(name, help, value)?;
            }
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs, time::Duration};

    use jiff::Timestamp;
    use rustix::{
        param::clock_ticks_per_second,
        process::{Resource, getrlimit},
        time::{ClockId, clock_gettime},
    };

    use super::{super::to_float, ProcessMetrics};

    pub(super) fn look() -> ProcessMetrics {
        ProcessMetrics {
            started: started(),
            cpu: time(ClockId::ProcessCPUTime).map(|time| time.as_secs_f64()),
            memory: memory(),
            // The directory handle is one of them.
            open_files: fs::read_dir("/proc/self/fd")
                .ok()
                .map(|files| to_float(files.count().saturating_sub(1) as u64)),
            open_files_max: getrlimit(Resource::Nofile).current.map(to_float),
        }
    }

    fn time(clock: ClockId) -> Option<Duration> {
        clock_gettime(clock).try_into().ok()
    }

    fn started() -> Option<f64> {
        let status = fs::read_to_string("/proc/self/stat").ok()?;
        // The program's name may contain spaces; numbers follow it.
        let (_, numbers) = status.rsplit_once(')')?;
        let ticks: u64 = numbers.split_whitespace().nth(19)?.parse().ok()?;
        let after_boot = to_float(ticks) / to_float(clock_ticks_per_second());
        let running = time(ClockId::Boottime)?.as_secs_f64() - after_boot;
        Some(Timestamp::now().as_duration().as_secs_f64() - running)
    }

    fn memory() -> Option<f64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(to_float(kibibytes * 1024))
    }
}
