//! Project Wycheproof's Ed25519 vectors, for the one function that verifies a signature.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use local_first_identity::PublicKey;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn verdicts_are_those_of_wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut judged = 0;
    for group in &set.test_groups {
        let public_key: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
        let public_key = PublicKey::from_bytes(&public_key).unwrap();
        for test in &group.tests {
            let accepted = public_key.verify(&test.msg, &test.sig).is_ok();
            let expected = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("test {} leaves the verdict open", test.tc_id),
            };
            assert_eq!(accepted, expected, "test {}: {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert_eq!(judged, set.number_of_tests);
    println!("{judged} vectors");
}
