// Proof of work for a form: solved in the background from the first input on, and again before it
// expires. A form without it is sent all the same, with a smaller allowance.

// Resolves to the text for the form field "proof".
export async function prove(challengeUrl, workerUrl) {
  const answer = await fetch(challengeUrl, { cache: "no-store" });
  if (!answer.ok) throw new Error(`challenge: ${answer.status}`);
  const challenge = await answer.json();
  const worker = new Worker(workerUrl);
  try {
    const solution = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) =>
        data && !data.error ? resolve(data) : reject(new Error("not solved"));
      worker.onerror = () => reject(new Error("no worker"));
      worker.postMessage({ type: "work", challenge });
    });
    return btoa(JSON.stringify({ challenge, solution }));
  } finally {
    worker.terminate();
  }
}

const RENEWED_AFTER = 100 * 60 * 1000; // milliseconds; the server takes it for two hours

// <form data-challenge="…" data-worker="…"> with <input type="hidden" name="proof">
export function proveInBackground(form) {
  const work = async () => {
    try {
      form.elements.proof.value = await prove(form.dataset.challenge, form.dataset.worker);
      setTimeout(work, RENEWED_AFTER);
    } catch {
      form.addEventListener("input", work, { once: true }); // offline, or no cryptography here
    }
  };
  form.addEventListener("input", work, { once: true });
}

document.querySelectorAll("form[data-challenge]").forEach(proveInBackground);
