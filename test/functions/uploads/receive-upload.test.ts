import type { Upload } from '../../../domain/ports/dossier-store.ts';
import { receiveUpload, removeExpiredUploads } from '../../../functions/uploads/receive-upload.ts';
import { ApiHouse, announcement, PDF } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open();
});
afterAll(() => house.close());

describe('the sweep of uploads', () => {
  it('removes what nobody took in time, bytes and row, and leaves what is fresh', async () => {
    const token = await house.applicant();
    const old = await house.upload(token);
    const unsent = await house.send('POST', '/uploads', { token, body: announcement(PDF) });
    const { platform } = house.stage.machine;
    expect(await removeExpiredUploads(platform)).toBe(0);
    await house.stage.passUntil(house.stage.now + 25 * 3_600_000);
    const fresh = await house.upload(token);
    expect(await removeExpiredUploads(platform)).toBe(2);
    expect(await platform.store.upload(old)).toBeUndefined();
    expect(await platform.documents.getUpload(old)).toBeUndefined();
    expect(await platform.documents.getUpload(fresh)).toBeDefined();
    const late = await house.app.request(String(unsent.body['url']), { method: 'PUT', body: PDF });
    expect(late.status).toBe(410);
  });
});

describe('bytes that come while their upload is swept', () => {
  async function expired(): Promise<Upload> {
    const { body } = await house.send('POST', '/uploads', { token: await house.applicant(), body: announcement(PDF) });
    const upload = await house.stage.machine.platform.store.upload(String(body['id']));
    if (!upload) throw new Error('expected an upload');
    await house.stage.passUntil(house.stage.now + 25 * 3_600_000);
    return upload;
  }

  it('are removed where the row has gone before they are there', async () => {
    const upload = await expired();
    const { platform } = house.stage.machine;
    const { documents } = platform;
    const put = documents.putUpload.bind(documents);
    documents.putUpload = async (id, bytes) => {
      documents.putUpload = put;
      await removeExpiredUploads(platform);
      await put(id, bytes);
    };
    expect(await receiveUpload(platform, upload, PDF)).toEqual({ ok: true });
    expect(await documents.getUpload(upload.id)).toBeUndefined();
  });

  it('are removed where the row goes right after', async () => {
    const upload = await expired();
    const { platform } = house.stage.machine;
    const { store, documents } = platform;
    const forget = store.forgetUpload.bind(store);
    let came = false;
    store.forgetUpload = async (id) => {
      if (id === upload.id) {
        await receiveUpload(platform, upload, PDF);
        came = (await documents.getUpload(id)) !== undefined;
      }
      await forget(id);
    };
    await removeExpiredUploads(platform);
    store.forgetUpload = forget;
    expect(came).toBe(true);
    expect(await documents.getUpload(upload.id)).toBeUndefined();
  });
});

describe('the bytes of an upload', () => {
  it('are read no further than was announced, whoever goes on sending', async () => {
    const token = await house.applicant();
    const { body } = await house.send('POST', '/uploads', { token, body: announcement(PDF) });
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 5_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536));
      },
    });
    const init = { method: 'PUT', body: endless, duplex: 'half' } as const;
    expect((await house.app.request(String(body['url']), init)).status).toBe(413);
    expect(sent).toBeLessThan(1_000_000);
    const whole = await house.app.request(String(body['url']), { method: 'PUT', body: PDF });
    expect(whole.status).toBe(204);
  });
});
