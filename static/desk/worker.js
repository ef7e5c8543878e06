// Where only a service worker may show notifications, as on phones, notify.js shows its own through this one. It
// serves no page: it only leads from a notification to the alerts.
self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openAlerts());
});

async function openAlerts() {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const alerts = pages.find((page) => new URL(page.url).pathname === '/alerts');
  return alerts ? alerts.focus() : self.clients.openWindow('/alerts');
}
