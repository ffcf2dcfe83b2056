// The npm package `ussd-menu-builder` with its sessions in Redis, behind Node's http: a peer to
// compare with. It asks for one number a screen, since the package splits all that was keyed in
// at each `*`. PORT, REDIS_URL and PROCESSES are its settings; with SHARED=1 one menu serves all
// requests, as the package's README shows it, otherwise each request has its own.

const cluster = require('node:cluster');
const http = require('node:http');
const { createClient } = require('redis');
const UssdMenu = require('ussd-menu-builder');

const CODES = ['VUS', 'FIE', 'TDR', 'POS', 'CTA', 'GRV', 'ART', 'IRA', 'AMX', 'DIA', 'SRZ', 'RFS', 'DCD'];
const KEPT = 3600;

function makeMenu(redis) {
  const menu = new UssdMenu();
  const key = (id) => `peer:${id}`;
  menu.sessionConfig({
    start: (id) => redis.expire(key(id), KEPT),
    set: (id, name, value) => redis.hSet(key(id), name, value),
    get: (id, name) => redis.hGet(key(id), name),
    end: (id) => redis.del(key(id)),
  });
  menu.startState({
    run: () => menu.con('Kibaru\n1 Rapport\n2 Stock\n3 Aide'),
    next: { 1: 'forms' },
  });
  menu.state('forms', { run: () => menu.con('1 PEC\n2 NUT\n3 SMI\n4 STK'), next: { 1: CODES[0] } });
  CODES.forEach((code, place) => {
    const following = CODES[place + 1] || 'read back';
    menu.state(code, {
      run: async () => {
        if (place) await menu.session.set(CODES[place - 1], menu.val);
        menu.con(`${code} ?`);
      },
      next: { '*^[0-9]+$': following },
    });
  });
  menu.state('read back', {
    run: async () => {
      await menu.session.set(CODES[CODES.length - 1], menu.val);
      const values = [];
      for (const code of CODES) values.push(`${code} ${await menu.session.get(code)}`);
      menu.con(`${values.join(' ')}\n1=Oui 2=Corriger`);
    },
    next: { 1: 'thanks' },
  });
  menu.state('thanks', { run: () => menu.end('Recu.') });
  return menu;
}

async function serve() {
  const redis = await createClient({ url: process.env.REDIS_URL }).connect();
  const shared = process.env.SHARED === '1' ? makeMenu(redis) : null;
  http
    .createServer((request, response) => {
      if (request.method === 'GET') return response.end('ok');
      let body = '';
      request.on('data', (piece) => { body += piece; });
      request.on('end', () => {
        const fields = Object.fromEntries(new URLSearchParams(body));
        (shared || makeMenu(redis)).run(fields, (screen) => {
          response.setHeader('Content-Type', 'text/plain; charset=utf-8');
          response.setHeader('Content-Length', Buffer.byteLength(screen));
          response.end(screen);
        });
      });
    })
    .listen(Number(process.env.PORT), '127.0.0.1');
}

if (cluster.isPrimary) {
  for (let number = 0; number < Number(process.env.PROCESSES); number += 1) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  // Its workers end with it.
  process.on('SIGTERM', () => process.exit(0));
} else {
  process.on('disconnect', () => process.exit(0));
  serve();
}
