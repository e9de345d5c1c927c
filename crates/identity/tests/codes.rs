//! The published codes and names of issuers, which never change, and the sentences.

#![allow(missing_docs)]

use local_first_identity::{Issuer, ProofError};

const PUBLISHED: [(&str, &str); 14] = [
    ("missing", "No identity proof was sent."),
    ("too-long", "The identity proof is too long."),
    (
        "malformed",
        "The identity proof is not a well-formed token.",
    ),
    (
        "unsupported-algorithm",
        "The identity proof is not signed with EdDSA.",
    ),
    (
        "unsupported-header",
        "The identity proof has a header that is not supported.",
    ),
    (
        "invalid-claims",
        "The identity proof does not have exactly the claims it needs.",
    ),
    (
        "unknown-issuer",
        "The identity proof has an issuer that is not accepted here.",
    ),
    (
        "audience-mismatch",
        "The identity proof was made for another audience.",
    ),
    (
        "issued-in-future",
        "The identity proof was issued in the future.",
    ),
    ("expired", "The identity proof has expired."),
    ("ttl-too-long", "The identity proof is valid for too long."),
    (
        "invalid-public-key",
        "The identity proof does not carry a valid public key.",
    ),
    (
        "subject-mismatch",
        "The identity proof names an identity that is not its key's.",
    ),
    (
        "invalid-signature",
        "The identity proof's signature is not valid.",
    ),
];

#[test]
fn every_code_and_its_sentence_are_the_published_ones_in_the_order_of_the_rules() {
    assert_eq!(
        ProofError::ALL.map(|error| (error.code(), error.sentence())),
        PUBLISHED
    );
    for error in ProofError::ALL {
        assert_eq!(error.to_string(), error.sentence());
    }
}

#[test]
fn every_issuer_has_its_name_and_urn() {
    assert_eq!(
        Issuer::ALL.map(|issuer| (issuer.name(), issuer.urn())),
        [
            ("local-first", "urn:jazz:local-first"),
            ("anonymous", "urn:jazz:anonymous"),
        ]
    );
}
