//! The crate and the second opinion must give the same verdicts. The tokens are made from good ones by
//! changes of structure.
//!
//! `DIFFERENTIAL_COUNT` is the number of tokens (default 20,000). `DIFFERENTIAL_SEED` is the seed of the
//! changes (default 1).

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;

use local_first_identity::ProofError;
use testing::mutation::Mutator;
use testing::second_opinion::{DIFFERENCES, Difference, Rules, judge, wanted_difference};

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

#[test]
fn both_verifiers_say_the_same_of_every_token() {
    let count = variable("DIFFERENTIAL_COUNT", 20_000);
    let seed = variable("DIFFERENTIAL_SEED", 1);
    let (policy, rules) = (
        testing::tokens::policy(),
        Rules::for_name(testing::tokens::AUDIENCE),
    );
    let mut verdicts = BTreeMap::<&str, u64>::new();
    let mut known = [0_u64; DIFFERENCES.len()];
    let mut mutator = Mutator::new(seed);
    for index in 0..count {
        let token = mutator.token();
        let ours = testing::tokens::verdict(&token, &policy, testing::tokens::NOW);
        let theirs = judge(&token, &rules, testing::tokens::NOW);
        *verdicts
            .entry(ours.as_ref().err().copied().unwrap_or("accepted"))
            .or_default() += 1;
        if ours == theirs {
            continue;
        }
        match wanted_difference(&token, &ours) {
            Some(difference) => known[difference] += 1,
            None => panic!(
                "token {index} of seed {seed}: {ours:?}, but the second opinion gives {theirs:?}\n{token}"
            ),
        }
    }
    println!("{count} tokens of seed {seed}");
    for (verdict, times) in &verdicts {
        println!("{times:>10}  {verdict}");
    }
    for (Difference { reason, .. }, times) in DIFFERENCES.iter().zip(known) {
        println!("{times:>10}  {reason}");
    }
    // A mutator whose tokens all break an early rule would not test the later ones.
    for verdict in ProofError::ALL
        .map(ProofError::code)
        .into_iter()
        .chain(["accepted"])
    {
        let enough = verdicts
            .get(verdict)
            .is_some_and(|times| times * 1000 >= count);
        assert!(
            enough || verdict == "missing",
            "too few tokens are {verdict}"
        );
    }
}
