// Runs one command, JSON on standard input, against the storage in the first argument's connection
// string: uploads files to a container, or creates a SAS token for one.
import { ContainerSASPermissions, BlobServiceClient } from "@azure/storage-blob";

const order = JSON.parse(await text(process.stdin));
const container = BlobServiceClient.fromConnectionString(process.argv[2]).getContainerClient(order.container);

if (order.sas) {
    const url = await container.generateSasUrl({
        permissions: ContainerSASPermissions.parse(order.sas),
        startsOn: new Date(Date.now() - 24 * 3600_000),
        expiresOn: new Date(Date.now() + order.minutes * 60_000),
    });
    console.log(JSON.stringify({ sas: url.slice(url.indexOf("?") + 1) }));
} else {
    await container.createIfNotExists();
    for (const { name, content } of order.files) {
        await container.getBlockBlobClient(name).uploadData(Buffer.from(content));
    }
    console.log("{}");
}

async function text(stream) {
    let all = "";
    for await (const chunk of stream) all += chunk;
    return all;
}
