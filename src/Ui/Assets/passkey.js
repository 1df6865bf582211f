// Passkeys: a form says what it wants (data-passkey: get or create) and with what (data-options, JSON); the browser asks
// the person, and the answer leaves in the form's field "credential". Without passkeys in the browser the form stays hidden.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

if (window.PublicKeyCredential) {
  for (const around of document.querySelectorAll("[data-passkey-only]")) around.hidden = false;
} else {
  for (const around of document.querySelectorAll("[data-passkey-missing]")) around.hidden = false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-passkey]")) return;
  event.preventDefault();
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = "";
  const told = form.querySelector("[data-passkey-error]");
  told.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const answer = form.dataset.passkey === "create" ? await create(options) : await get(options);
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    told.textContent = sentence(error);
    told.hidden = false;
  } finally {
    delete form.dataset.busy;
  }
});

async function get({ challenge, rpId, credentials }) {
  const made = await navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId, userVerification: "required", timeout: 120_000, allowCredentials: known(credentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  return {
    id: text(made.rawId),
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  };
}

async function create({ challenge, rpId, credentials, userId, userName, displayName }) {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: rpId, name: "UserManagement" },
      user: { id: bytes(userId), name: userName, displayName },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      timeout: 120_000,
      excludeCredentials: known(credentials),
    },
  });
  return { id: text(made.rawId), clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) };
}

const known = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

function sentence(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "AbortError":
      return "Nothing was done: it was cancelled, took too long, or there is no passkey for this site on this device.";
    case "InvalidStateError":
      return "This device already has a passkey for your account.";
    default:
      return "The browser could not do this. Try again, or use another way.";
  }
}
