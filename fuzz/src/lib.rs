//! What every target asks for: no panic, the verdict of the second opinion, and no more memory than
//! the longest token needs.

use local_first_identity::{Issuer, Policy, verify};
use testing::mutation::Mutator;
use testing::second_opinion::{Rules, Verdict, judge, wanted_difference};
use testing::tokens;

/// When the tokens of the seeds are issued, in Unix seconds; they hold for a minute.
pub const NOW: u64 = tokens::NOW;

/// The two verifiers, told to accept the same.
pub struct Verifiers {
    policy: Policy,
    rules: Rules,
    now: u64,
}

impl Verifiers {
    /// With the defaults, at a time.
    pub fn at(now: u64) -> Self {
        Self {
            policy: tokens::policy(),
            rules: Rules::for_name(tokens::AUDIENCE),
            now,
        }
    }

    /// Every issuer, and times as far apart as can be.
    pub fn lenient_at(now: u64) -> Self {
        let mut verifiers = Self::at(now);
        verifiers.policy.issuers = &Issuer::ALL;
        verifiers.policy.max_ttl_seconds = u64::MAX;
        verifiers.policy.clock_skew_seconds = u64::MAX;
        verifiers.rules.issuers = Issuer::ALL.map(Issuer::urn).to_vec();
        verifiers.rules.max_ttl_seconds = u64::MAX;
        verifiers.rules.clock_skew_seconds = u64::MAX;
        verifiers
    }

    /// Has both judge a token.
    ///
    /// # Panics
    /// If they disagree where no difference is wanted, or the core took more memory than it may.
    pub fn judge(&self, token: &str) -> Verdict {
        let heap = allocation_counter::measure(|| drop(verify(token, &self.policy, self.now)));
        assert!(
            heap.bytes_max <= tokens::HEAP_LIMIT,
            "{} bytes",
            heap.bytes_max
        );

        let ours = tokens::verdict(token, &self.policy, self.now);
        let theirs = judge(token, &self.rules, self.now);
        assert!(
            ours == theirs || wanted_difference(token, &ours).is_some(),
            "{ours:?}, and by the second opinion {theirs:?}: {token}"
        );
        ours
    }
}

/// A token with any header and claims, rightly signed by the key of the seeds.
pub fn sign(header: &[u8], claims: &[u8]) -> String {
    tokens::sign(header, claims)
}

/// Tokens to begin with: good ones, and some that were grown from good ones by changes of structure.
pub fn seeds() -> impl Iterator<Item = String> {
    let mut mutator = Mutator::new(1);
    std::iter::once(tokens::good_token()).chain(std::iter::from_fn(move || Some(mutator.token())))
}
