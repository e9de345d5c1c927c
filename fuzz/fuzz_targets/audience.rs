//! Normalises any text as the name that an app gives itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use local_first_identity::{Audience, EmptyAudience};

fuzz_target!(|name: &str| {
    let mut ours = Err(EmptyAudience);
    let heap = allocation_counter::measure(|| ours = Audience::parse(name));
    assert_eq!(heap.bytes_total, 0, "normalising a name takes no heap");
    let Ok(audience) = ours else {
        return assert!(name.is_empty());
    };
    let normal = audience.to_string();
    assert_eq!(normal, testing::second_opinion::normalize_audience(name));
    assert_eq!(Audience::parse(&normal), Ok(audience));
});
