//! The Node boundary: convert, call, convert.
//!
//! A bad *token* is a stranger's data: the call returns a verdict. A bad *argument* is the caller's
//! mistake: the call throws. No other crate imports `napi`, reads the clock or asks for randomness.
//!
//! | module | what it exports to JavaScript |
//! |---|---|
//! | `proof` | `verifyLocalFirstIdentityProof`, `mintLocalFirstToken` |
//! | `identity` | `deriveUserId`, `generateAuthSecret`, `jazzAccountId`, `normalizeAudience` |

mod arguments;
pub mod identity;
mod near_name;
mod panics;
pub mod proof;
pub mod verdict;

use napi_derive::napi;

/// The version. `addon/index.js` compares it with its own, because npm may install a binary of another version.
#[napi(skip_typescript)]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
