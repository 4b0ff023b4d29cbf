import { readDocument } from '../../../functions/dossiers/documents.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { describeFileAddresses } from '../../contracts/file-addresses.ts';

describeFileAddresses('Addresses of the API itself', async () => {
  const house = await ApiHouse.open();
  const { platform } = house.stage.machine;
  return {
    store: platform.documents,
    announce: (upload) => platform.store.putUpload(upload),
    async kept() {
      const dossier = await house.submitted(await house.applicant());
      const loaded = await platform.cache.load(dossier, platform.store, platform.masterKey);
      const document = loaded?.dossier.documents[0]?.sha256 ?? '';
      const bytes = loaded && (await readDocument(platform, loaded, document));
      if (!bytes) throw new Error('expected a document of the dossier');
      return { dossier, document, bytes };
    },
    send: async (url, request) => house.app.request(url, request),
    now: () => house.stage.now,
    pass: (seconds) => house.stage.passUntil(house.stage.now + seconds * 1000),
    close: () => house.close(),
  };
});
