// Verifies a webhook with the npm client named on the command line: folder of node_modules, package name, secret,
// signature; the body comes on standard input.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [modules, name, secret, signature] = process.argv.slice(2);
const Stripe = createRequire(modules + '/')(name);
const stripe = new (Stripe.default ?? Stripe)('sk_test_123456789012');
const event = stripe.webhooks.constructEvent(readFileSync(0), signature, secret);
console.log('ok', event.type);
