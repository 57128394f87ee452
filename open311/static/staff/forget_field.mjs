// On the sign-in page: nobody is signed in, so no page of a shift stays on the phone.
for (const name of (await globalThis.caches?.keys()) ?? []) if (name.startsWith("field-login-")) await caches.delete(name);
