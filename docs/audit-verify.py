#!/usr/bin/env python3
"""Checks a Shipbell audit bundle a second time, with Python's standard library alone.

usage: audit-verify.py BUNDLE [KEY ...]      Exits with 0 if it is whole. docs/audit.md has the form."""
import base64, hashlib, json, sys, tarfile

# Ed25519 as in RFC 8032, section 5.1: points are X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        p, q, n = add(p, p), add(q, p) if n & 1 else q, n >> 1
    return q

def point(raw):
    y, odd = int.from_bytes(raw, "little") % 2**255, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(x * x % P == square and y < P, "a point is not on the curve")
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P

def fits(key, text, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little")
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    a, b = times(s, base), add(point(r), times(h % L, point(key)))
    return s < L and all((a[i] * b[2] - b[i] * a[2]) % P == 0 for i in (0, 1))

# The bundle.
def need(holds, what):
    if not holds:
        sys.exit("NOT WHOLE: " + what)

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()

def sized(text):
    return len(text.encode()).to_bytes(8, "big") + text.encode()

def opened(note, keys, what):
    """The text of a note that one of these keys signed."""
    text, signatures = note[:note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2:]
    for name, short, raw in (key.split("+", 2) for key in keys):
        raw = base64.b64decode(raw, validate=True)
        need(sha(name.encode(), b"\n", raw)[:8] == short and raw[0] == 1, f"{what}: no key of Ed25519")
        for who, signature in (line.removeprefix("\u2014 ").split(" ") for line in signatures.splitlines()):
            signed = base64.b64decode(signature, validate=True)
            if who == name and signed[:4].hex() == short and base64.b64encode(signed).decode() == signature:
                need(fits(raw[1:], text.encode(), signed[4:]), f"{what}: the signature does not fit")
                return text
    need(False, f"{what}: no key that counts signed it")

def check(bundle, keys):
    with tarfile.open(bundle, "r:") as tar:
        files = [(it.name, tar.extractfile(it).read().decode()) for it in tar]
    names = ["manifest.note", "keys.txt", "checkpoints.jsonl", "policies.jsonl", "events.jsonl"]
    need([name for name, _ in files] == names, f"it should hold {names}")
    files = dict(files)
    keys = keys or files["keys.txt"].splitlines()
    manifest = json.loads(opened(files["manifest.note"], keys, "manifest.note"))
    need(manifest["format"] == "shipbell-audit-1" and list(manifest["files"]) == sorted(names[1:]), "manifest.note")
    for name, says in manifest["files"].items():
        need(sha(files[name].encode()) == says["sha256"], f"{name}: not the file that was signed")
    checkpoints, policies, events = (list(map(json.loads, files[it].splitlines())) for it in names[2:])
    for it in policies:
        need(sha(sized("shipbell-policy-1"), sized(it["body"])) == it["hash"], f"policy {it['hash']}")
    known_policies = {it["hash"] for it in policies}
    seq, last = manifest["before"]["seq"], manifest["before"]["hash"]
    hashes, kept, erased = {seq: last}, [], 0
    for it in events:
        what, seq = f"event {it['seq']}", seq + 1
        need(it["seq"] == seq, f"{what}: event {seq} should be here")
        if it["payload"] is None and it["salt"] is None:
            need(it["kind"] != "release.checkpointed", f"{what}: a checkpoint is never erased")
            erased += 1
        else:
            need(sha(bytes.fromhex(it["salt"]), it["payload"].encode()) == it["commitment"], f"{what}: its payload")
            said = json.loads(it["payload"])["is"]
            named = said.get("policy") or said.get("pinned", {}).get("hash") or said.get("manifest", {}).get("policy")
            need(named is None or named in known_policies, f"{what}: policy {named} is not here")
        last = sha(b"shipbell-ev-v1", bytes.fromhex(last), seq.to_bytes(8, "big"), it["at_us"].to_bytes(8, "big", signed=True),
                   sized(it["kind"]), sized(it["stream"]), it["version"].to_bytes(8, "big"), sized(it["actor"]), bytes.fromhex(it["commitment"]))
        need(it["hash"] == last, f"{what}: its hash")
        if it["kind"] == "release.checkpointed":
            kept.append({"event": seq, **said["checkpoint"]})
            need(kept[-1]["key"] in keys, f"{what}: no key that counts signed it")
            origin, at, there = opened(kept[-1]["note"], [kept[-1]["key"]], what).splitlines()
            known = hashes.get(int(at), there if int(at) < manifest["before"]["seq"] else None)
            need(origin == "shipbell/" + manifest["instance"] and known == there, f"{what}: the log never stood where it says")
        hashes[seq] = last
    need(checkpoints == kept, "checkpoints.jsonl: not what the events keep")
    need(manifest["last"] == {"seq": seq, "hash": last} and manifest["erased"] == erased, "the events end elsewhere")
    print(f"whole: {len(events)} events ({erased} erased), {len(kept)} checkpoints, {len(policies)} policies, signed with {' or '.join(keys)}")

if __name__ == "__main__":
    need(len(sys.argv) > 1, "usage: audit-verify.py BUNDLE [KEY ...]")
    try:
        check(sys.argv[1], sys.argv[2:])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, tarfile.TarError) as error:
        sys.exit(f"NOT WHOLE: it cannot be read: {error!r}")
