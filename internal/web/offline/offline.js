"use strict";
// Checks a certificate's text as docs/ledger.md describes it, with nothing but
// the browser's own SHA-256 and Ed25519.
const bytes = (s) => new TextEncoder().encode(s);
const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(parts.flatMap((p) => [...p]))));
const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

// base64 in its one right writing, as bytes.
function decode(text) {
  const raw = atob(text);
  if (btoa(raw) !== text) throw new Error("base64");
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

function parse(text) {
  const at = text.indexOf("\n");
  const entry = text.slice(0, at), proof = text.slice(at + 1) + "\n";
  const gap = proof.indexOf("\n\n");
  const lines = proof.slice(0, gap).split("\n");
  if (at < 0 || gap < 0 || lines[0] !== "c2sp.org/tlog-proof@v1" || !/^index (0|[1-9][0-9]{0,15})$/.test(lines[1] || "")) throw new Error("form");
  return { entry, index: Number(lines[1].slice(6)), hashes: lines.slice(2).map(decode), checkpoint: proof.slice(gap + 2) };
}

// signed gives size and root of a checkpoint that the key signed.
async function signed(checkpoint, key) {
  const [, name, id, data] = key.trim().match(/^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/) || [];
  const material = decode(data || "");
  if (!name || material[0] !== 1 || material.length !== 33) throw new Error("key");
  const fingerprint = (await sha(bytes(name + "\n"), material)).slice(0, 4);
  if ([...fingerprint].map((b) => b.toString(16).padStart(2, "0")).join("") !== id) throw new Error("key");
  const cut = checkpoint.lastIndexOf("\n\n") + 1;
  const text = checkpoint.slice(0, cut), lines = checkpoint.slice(cut + 1).split("\n");
  const [origin, size, root] = text.split("\n");
  if (cut < 1 || lines.pop() !== "" || origin !== name || !/^[1-9][0-9]{0,15}$/.test(size)) throw new Error("checkpoint");
  const public_ = await crypto.subtle.importKey("raw", material.slice(1), "Ed25519", false, ["verify"]);
  for (const line of lines) {
    const [dash, who, text64] = line.split(" ");
    if (dash !== "—") throw new Error("signature");
    const signature = decode(text64);
    if (who === name && same(signature.slice(0, 4), fingerprint) && await crypto.subtle.verify("Ed25519", public_, signature.slice(4), bytes(text))) {
      return { size: Number(size), root: decode(root) };
    }
  }
  throw new Error("signature");
}

// included follows RFC 9162, section 2.1.3.2.
async function included(leaf, index, size, hashes, root) {
  if (index >= size) return false;
  let fn = index, sn = size - 1, r = leaf;
  for (const p of hashes) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = await sha([1], p, r);
      while (fn % 2 === 0 && fn !== 0) { fn = fn / 2; sn = Math.floor(sn / 2); }
    } else {
      r = await sha([1], r, p);
    }
    fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
  }
  return sn === 0 && same(r, root);
}

// trusted tries each key, for one may have followed another.
async function trusted(checkpoint, keys) {
  let wrong;
  for (const key of keys.trim().split(/\s+/)) {
    try { return await signed(checkpoint, key); } catch (err) { wrong = err; }
  }
  throw wrong;
}

async function check(text, keys) {
  const p = parse(text.replace(/\r\n/g, "\n").replace(/\n+$/, ""));
  const tree = await trusted(p.checkpoint, keys);
  if (!await included(await sha([0], bytes(p.entry)), p.index, tree.size, p.hashes, tree.root)) throw new Error("proof");
  const e = JSON.parse(p.entry);
  if (e.kind !== "issue") throw new Error("kind");
  return { ...e.data, index: p.index, size: tree.size };
}

async function answer() {
  const out = document.getElementById("answer");
  out.className = ""; out.textContent = "…";
  try {
    if (!globalThis.crypto || !crypto.subtle) throw new Error("secure");
    const k = await check(document.getElementById("text").value, document.getElementById("key").value);
    out.className = "good";
    out.textContent = `✓ ${k.number} · ${k.stars} ★\n${k.name}\n${k.producer}\n${k.issued_on} – ${k.last_day}\n#${k.index} / ${k.size}\n\n` +
      "Đúng với sổ cái vào lúc ký điểm chốt. Sau đó có bị thu hồi không, chỉ trang tra cứu trực tuyến biết.\n" +
      "True of the ledger when the checkpoint was signed. Whether it was revoked since, only the online register knows.";
  } catch (err) {
    out.className = "bad";
    out.textContent = err.message === "secure"
      ? "Trình duyệt không cho xác minh ở địa chỉ không an toàn: hãy lưu trang và mở từ máy, hoặc dùng https.\nThe browser has no cryptography at an insecure address: save this page and open it from disk, or use https."
      : "✗ Không xác minh được: nội dung đã bị sửa, thiếu, hoặc do sổ cái khác ký.\nNot verified: the text was changed or cut, or another ledger signed it.";
  }
}

document.getElementById("check").addEventListener("click", answer);
if (location.hash.length > 1) {
  document.getElementById("text").value = decodeURIComponent(location.hash.slice(1));
  answer();
}
