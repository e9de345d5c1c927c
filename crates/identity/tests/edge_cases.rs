//! The classes of signatures that Ed25519 verifiers disagree about. Each is built from the curve's
//! torsion points, and has its verdict and the reason.
//!
//! # Source
//! Chalkias, Garillot, Nikolaenko, "Taming the many `EdDSAs`" (2020), §5; Brendel, Cremers, Jackson,
//! Zhao, "The Provable Security of Ed25519" (2021).

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::{Signature, VerifyingKey};
use local_first_identity::{ProofError, PublicKey};
use testing::signatures::{ORDER, add_order, challenge, join, non_canonical, point};

/// The equations that hold: SB = R + kA, and the same times the cofactor 8 (RFC 8032 §5.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Neither,
    WithCofactor,
    Both,
}

struct Case {
    class: &'static str,
    public_key: [u8; 32],
    message: [u8; 2],
    r: [u8; 32],
    s: [u8; 32],
    holds: Holds,
    verdict: Result<(), ProofError>,
    why: &'static str,
}

const REFUSED: Result<(), ProofError> = Err(ProofError::InvalidSignature);
const NO_KEY: Result<(), ProofError> = Err(ProofError::InvalidPublicKey);

fn scalar(byte: u8) -> Scalar {
    Scalar::from_bytes_mod_order([byte; 32])
}

fn small(torsion: usize) -> [u8; 32] {
    EIGHT_TORSION[torsion].compress().to_bytes()
}

/// Returns the equations that hold for the laxest verifier: it decodes encodings leniently and reduces S.
fn holds(case: &Case) -> Holds {
    let decode = |encoded| CompressedEdwardsY(encoded).decompress().unwrap();
    let k = challenge(&case.r, &case.public_key, &case.message);
    let difference = point(Scalar::from_bytes_mod_order(case.s), 0)
        - decode(case.r)
        - decode(case.public_key) * k;
    match (difference.is_identity(), difference.is_small_order()) {
        (true, _) => Holds::Both,
        (false, true) => Holds::WithCofactor,
        (false, false) => Holds::Neither,
    }
}

/// Makes a case with A = aB + T and R = rB + T', signed by someone who knows a and r.
///
/// The message is the first one for which the equations hold as in `holds_as`.
fn signed(
    class: &'static str,
    [(a, key_torsion), (r, r_torsion)]: [(Scalar, usize); 2],
    holds_as: Holds,
    verdict: Result<(), ProofError>,
    why: &'static str,
) -> Case {
    let public_key = point(a, key_torsion).compress().to_bytes();
    let encoded_r = point(r, r_torsion).compress().to_bytes();
    let mut cases = (0..=u16::MAX).map(|counter| {
        let message = counter.to_be_bytes();
        let s = (r + challenge(&encoded_r, &public_key, &message) * a).to_bytes();
        Case {
            class,
            public_key,
            message,
            r: encoded_r,
            s,
            holds: holds_as,
            verdict,
            why,
        }
    });
    cases.find(|case| holds(case) == holds_as).unwrap()
}

#[rustfmt::skip] // one case per paragraph
fn cases() -> Vec<Case> {
    let (a, r, zero) = (scalar(7), scalar(9), Scalar::ZERO);
    let key_refused = "one signature would hold for many messages, and no one owns such a key";
    vec![
        signed("A and R of order ℓ", [(a, 0), (r, 0)], Holds::Both, Ok(()),
            "what every signer makes"),
        signed("A and R small", [(zero, 1), (zero, 3)], Holds::Both, NO_KEY, key_refused),
        signed("A small, R of order ℓ", [(zero, 1), (r, 0)], Holds::Both, NO_KEY, key_refused),
        signed("A small, R mixed", [(zero, 1), (r, 2)], Holds::Both, NO_KEY, key_refused),
        signed("A of order ℓ, R small and neutral", [(a, 0), (zero, 0)], Holds::Both, REFUSED,
            "RFC 8032 takes it; no signer makes it, and R says that no nonce was used"),
        signed("A mixed, R small", [(a, 1), (zero, 3)], Holds::Both, REFUSED,
            "the owner could sign a message for which it holds by chance; strict verifiers agree on refusing it"),
        signed("A and R mixed, with torsion that cancels out", [(a, 1), (r, 3)], Holds::Both, Ok(()),
            "only someone who knows the secret scalar can make it, and a user ID is the hash of the key's bytes: it has one owner"),
        signed("A mixed, R of order ℓ, with torsion that cancels out", [(a, 1), (r, 0)], Holds::Both, Ok(()),
            "as above"),
        signed("A and R mixed", [(a, 1), (r, 3)], Holds::WithCofactor, REFUSED,
            "verifiers with and without the cofactor would disagree; there is none here"),
        signed("A mixed, R of order ℓ", [(a, 1), (r, 0)], Holds::WithCofactor, REFUSED, "as above"),
        signed("A of order ℓ, R mixed", [(a, 0), (r, 1)], Holds::WithCofactor, REFUSED, "as above"),
        with_s("S + ℓ", |s| add_order(s), Holds::Both, REFUSED,
            "a second form of the same signature, which RFC 8032 refuses"),
        with_s("S + 8ℓ", |s| (0..8).for_each(|_| add_order(s)), Holds::Both, REFUSED,
            "as above; some verifiers check only the three highest bits, and others do not check even those"),
        with_s("S = ℓ", |s| *s = ORDER, Holds::Neither, REFUSED, "above the range by one"),
        with_s("S = ℓ − 1", |s| { *s = ORDER; s[0] -= 1; }, Holds::Neither, REFUSED,
            "in the range; the equation does not hold"),
        high_s(),
        non_canonical_key("A not canonical, small", non_canonical(1, false), NO_KEY),
        non_canonical_key("A small, with the sign of an x that is 0", { let mut one = small(0); one[31] = 0x80; one }, NO_KEY),
        non_canonical_r("R not canonical, small", false),
        non_canonical_r("R not canonical, small, k over its canonical form", true),
    ]
}

/// Makes a good signature and changes its S.
fn with_s(
    class: &'static str,
    change: impl Fn(&mut [u8; 32]),
    holds: Holds,
    verdict: Result<(), ProofError>,
    why: &'static str,
) -> Case {
    let mut case = signed(
        class,
        [(scalar(7), 0), (scalar(9), 0)],
        Holds::Both,
        verdict,
        why,
    );
    change(&mut case.s);
    Case { holds, ..case }
}

/// Makes a signature with S in the highest 4,096th of its range. A check of only the highest bits would refuse it.
fn high_s() -> Case {
    let key = scalar(7);
    let public_key = point(key, 0).compress().to_bytes();
    (1..=u16::MAX)
        .map(|nonce| {
            let r = Scalar::from(nonce);
            let encoded_r = point(r, 0).compress().to_bytes();
            let s = r + challenge(&encoded_r, &public_key, &[0, 0]) * key;
            (encoded_r, s.to_bytes())
        })
        .find(|(_, s)| s[31] == 0x0f && s[30] == 0xff)
        .map(|(r, s)| Case {
            class: "S just below ℓ",
            public_key,
            message: [0, 0],
            r,
            s,
            holds: Holds::Both,
            verdict: Ok(()),
            why: "in the range, and the equation holds",
        })
        .unwrap()
}

/// Makes a case with S = r, because A adds nothing, or only what the cofactor removes.
fn non_canonical_key(
    class: &'static str,
    public_key: [u8; 32],
    verdict: Result<(), ProofError>,
) -> Case {
    Case {
        class,
        public_key,
        message: [0, 0],
        r: point(scalar(9), 0).compress().to_bytes(),
        s: scalar(9).to_bytes(),
        holds: Holds::Both,
        verdict,
        why: "RFC 8032 refuses the encoding; one key would have two user IDs",
    }
}

/// Makes a case with S = ka, because R is the neutral point, written as y = p + 1.
fn non_canonical_r(class: &'static str, hashed_in_canonical_form: bool) -> Case {
    let public_key = point(scalar(7), 0).compress().to_bytes();
    let r = non_canonical(1, false);
    let hashed = if hashed_in_canonical_form {
        small(0)
    } else {
        r
    };
    let s = challenge(&hashed, &public_key, &[0, 0]) * scalar(7);
    Case {
        class,
        public_key,
        message: [0, 0],
        r,
        s: s.to_bytes(),
        holds: if hashed_in_canonical_form {
            Holds::Neither
        } else {
            Holds::Both
        },
        verdict: REFUSED,
        why: "the R that the equation gives is compared byte by byte, and is never written so",
    }
}

#[test]
fn each_case_is_of_its_class() {
    for case in cases() {
        assert_eq!(holds(&case), case.holds, "{}", case.class);
    }
}

#[test]
fn each_case_has_its_verdict() {
    for case in cases() {
        let signature = join(&case.r, &case.s);
        let verdict = PublicKey::from_bytes(&case.public_key)
            .map_err(ProofError::from)
            .and_then(|key| Ok(key.verify(&case.message, &signature)?));
        assert_eq!(verdict, case.verdict, "{}", case.class);
    }
}

/// The curve library’s own strict check also accepts some keys that are not canonical. Otherwise it agrees.
#[test]
fn each_verdict_is_that_of_the_strict_check() {
    for case in cases() {
        let signature = Signature::from_bytes(&join(&case.r, &case.s));
        let strict = VerifyingKey::from_bytes(&case.public_key)
            .is_ok_and(|key| key.verify_strict(&case.message, &signature).is_ok());
        assert_eq!(strict, case.verdict.is_ok(), "{}", case.class);
    }
}

#[test]
fn the_protocol_has_each_case_with_its_verdict() {
    let protocol = include_str!("../../../docs/protocol.md");
    for Case {
        class,
        holds,
        verdict,
        why,
        ..
    } in cases()
    {
        let holds = match holds {
            Holds::Neither => "neither",
            Holds::WithCofactor => "with cofactor",
            Holds::Both => "both",
        };
        let verdict =
            verdict.map_or_else(|error| format!("`{}`", error.code()), |()| "holds".into());
        let row = format!("| {class} | {holds} | {verdict} | {why} |");
        assert!(protocol.contains(&row), "docs/protocol.md lacks\n{row}");
    }
}
