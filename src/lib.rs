//! The Node boundary: convert, call, convert.
//!
//! A bad *token* is a stranger's data and comes back as a verdict. A bad *argument* is the caller's
//! mistake and is thrown. Nothing else of the project imports `napi`, reads the clock or asks for
//! randomness.
//!
//! | module | what it exports to JavaScript |
//! |---|---|
//! | `proof` | `verifyLocalFirstIdentityProof`, `mintLocalFirstToken` |
//! | `identity` | `deriveUserId`, `generateAuthSecret`, `normalizeAudience` |

mod arguments;
pub mod identity;
mod near_name;
mod panics;
pub mod proof;
pub mod verdict;

use napi_derive::napi;

/// What `addon/index.js` compares with its own version, since npm may pair it with a binary of another.
#[napi(skip_typescript)]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
