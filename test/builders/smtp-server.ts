import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server for mail that keeps what it takes, on the loopback. */
export interface SmtpServer {
  url: string;
  /** Messages as they came over the wire. */
  taken: string[];
  /** What it says to the next messages; `250` takes them. */
  answer: string;
  /** What it says to a command, by its verb (`RCPT`, `MAIL`, `AUTH`); `250` to those that are not named. It lets one log in where `AUTH` is. */
  answers: Record<string, string>;
  close: () => Promise<void>;
}

/** As much of SMTP (RFC 5321) as a client needs that does not encrypt. */
export async function startSmtp(): Promise<SmtpServer> {
  const server = createServer((socket) => converse(socket, smtp));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const smtp: SmtpServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    answer: '250 taken',
    answers: {},
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  return smtp;
}

function converse(socket: Socket, smtp: SmtpServer): void {
  let buffered = '';
  let message = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  say('220 ready');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    buffered += chunk.toString('latin1');
    for (;;) {
      const end = buffered.indexOf(message ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = buffered.slice(0, end);
      buffered = buffered.slice(end + (message ? 5 : 2));
      if (message) {
        message = false;
        if (smtp.answer.startsWith('2')) smtp.taken.push(Buffer.from(text, 'latin1').toString());
        say(smtp.answer);
      } else if (/^DATA/i.test(text)) {
        message = true;
        say('354 go on');
      } else if (/^QUIT/i.test(text)) {
        say('221 bye');
        socket.end();
      } else if (/^EHLO/i.test(text) && smtp.answers['AUTH'] !== undefined) say('250-here\r\n250 AUTH PLAIN');
      else say(smtp.answers[text.slice(0, 4).toUpperCase()] ?? '250 ok');
    }
  });
}
