// Drives the simulator with the npm client named on the command line, unmodified.
// Arguments: folder of node_modules, package name, simulator URL. Prints "ok" and what it did.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const [modules, name, base] = process.argv.slice(2);
const Stripe = createRequire(modules + '/')(name);
const { protocol, hostname, port } = new URL(base);
const stripe = new (Stripe.default ?? Stripe)('sk_test_123456789012', {
  protocol: protocol.replace(':', ''), host: hostname, port, telemetry: false, maxNetworkRetries: 0,
});

const params = {
  mode: 'payment',
  success_url: 'http://shop.test/done?session_id={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://shop.test/cart',
  client_reference_id: '7',
  metadata: { order_id: '7' },
  payment_intent_data: { metadata: { order_id: '7' } },
  line_items: [
    { price_data: { currency: 'eur', unit_amount: 1200, product_data: { name: 'Notebook', images: ['http://shop.test/a.png'] } }, quantity: 2 },
  ],
  shipping_options: [{ shipping_rate_data: { display_name: 'Post', type: 'fixed_amount', fixed_amount: { amount: 300, currency: 'eur' } } }],
};
const session = await stripe.checkout.sessions.create(params, { idempotencyKey: 'key-' + name });
assert.equal(session.amount_total, 2700);
assert.match(session.id, /^cs_test_/);
const again = await stripe.checkout.sessions.create(params, { idempotencyKey: 'key-' + name });
assert.equal(again.id, session.id);
assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
await assert.rejects(stripe.checkout.sessions.create({ ...params, client_reference_id: '8' }, { idempotencyKey: 'key-' + name }),
  (e) => e.type === 'StripeIdempotencyError');
await assert.rejects(stripe.checkout.sessions.create({ ...params, success_url: undefined }),
  (e) => e.type === 'StripeInvalidRequestError' && e.param === 'success_url');
await assert.rejects(stripe.checkout.sessions.retrieve('cs_test_none'), (e) => e.statusCode === 404 && e.code === 'resource_missing');

const items = await stripe.checkout.sessions.listLineItems(session.id);
assert.equal(items.data[0].description, 'Notebook');
const page = await fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome: 'pay' }) });
assert.equal(page.status, 303);
assert.equal(page.headers.get('location'), 'http://shop.test/done?session_id=' + session.id);

const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge', 'line_items'] });
assert.equal(paid.payment_status, 'paid');
assert.equal(paid.payment_intent.latest_charge.amount, 2700);
const refund = await stripe.refunds.create({ payment_intent: paid.payment_intent.id, amount: 700 });
assert.equal(refund.status, 'succeeded');
const events = [];
for await (const event of stripe.events.list({ limit: 2 })) events.push(event.type);
for (const type of ['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed', 'charge.refunded']) {
  assert.ok(events.includes(type), type + ' in ' + events);
}
const open = await stripe.checkout.sessions.create(params);
assert.equal((await stripe.checkout.sessions.expire(open.id)).status, 'expired');
const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hook', enabled_events: ['*'] });
assert.match(endpoint.secret, /^whsec_/);
assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
await assert.rejects(stripe.paymentIntents.create({ amount: 500, currency: 'eur', payment_method: 'pm_card_chargeDeclined', confirm: true,
  return_url: 'http://shop.test/' }), (e) => e.type === 'StripeCardError' && e.decline_code === 'generic_decline');

// Disputes and refunds, by cards that bring them.
const pay = (card) => stripe.paymentIntents.create({ amount: 2000, currency: 'eur', payment_method: 'pm_card_' + card, confirm: true,
  return_url: 'http://shop.test/' });
const disputed = await pay('createDispute');
const { data: [dispute] } = await stripe.disputes.list({ payment_intent: disputed.id });
assert.equal(dispute.status, 'needs_response');
await assert.rejects(stripe.refunds.create({ payment_intent: disputed.id }), (e) => e.code === 'charge_disputed');
const won = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } });
assert.equal(won.status, 'won');
const pending = await stripe.refunds.create({ payment_intent: (await pay('pendingRefund')).id, metadata: { refund_id: '3' } });
assert.equal(pending.status, 'pending');
assert.equal((await stripe.refunds.cancel(pending.id)).status, 'canceled');
assert.equal((await stripe.charges.retrieve(pending.charge)).amount_refunded, 0);

// A client of a newer API version reads a session in that version's shape.
const shipped = await stripe.checkout.sessions.create({ ...params, shipping_address_collection: { allowed_countries: ['IE'] } });
await fetch(shipped.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome: 'pay' }) });
const delivered = await stripe.checkout.sessions.retrieve(shipped.id);
const newer = stripe.getApiField('version') >= '2025-03-31';
assert.equal((newer ? delivered.collected_information : delivered).shipping_details.address.country, 'IE');
assert.equal('shipping_details' in delivered, !newer);
console.log('ok', name, stripe.getApiField('version') ?? '');
