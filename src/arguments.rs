//! Reads JavaScript values. A wrong argument throws an error that names it, with the error classes
//! and codes that Node's own functions use.

use std::time::{SystemTime, UNIX_EPOCH};

use local_first_identity::{
    Audience, InvalidSecret, Issuer, MAX_TOKEN_BYTES, ProofError, Secret, UserId,
};
use napi::bindgen_prelude::{Either, Function, JsObjectValue, Object, Unknown};
use napi::{
    Env, Error, JsString, JsStringUtf8, JsValue, KeyCollectionMode, KeyConversion, KeyFilter,
    Result, Status, ValueType,
};
use zeroize::Zeroizing;

use crate::near_name::near_name;

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
///
/// A time in milliseconds, a common mistake, is beyond it. So it throws, and the error names it.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

/// Any JavaScript value. An `Either` would make and discard an error for each type that does not match.
pub(crate) type Value<'v> = Unknown<'v>;

/// A secret. Its text is moved into our own buffer, which is overwritten with zeros afterwards.
pub(crate) type SecretText<'v> = Either<String, Unknown<'v>>;

/// Reads the text of a token, if it may be short enough.
pub(crate) fn read_token<'v>(
    token: &'v Value<'_>,
) -> Result<std::result::Result<JsStringUtf8<'v>, ProofError>> {
    match token.get_type()? {
        ValueType::String => {
            let text = token.coerce_to_string()?;
            // The length in UTF-16 costs nothing. The length in UTF-8 costs a pass over the string.
            if text.utf16_len()? > MAX_TOKEN_BYTES {
                return Ok(Err(ProofError::TooLong));
            }
            text.into_utf8().map(Ok)
        }
        ValueType::Undefined | ValueType::Null => Ok(Err(ProofError::Missing)),
        _ => Ok(Err(ProofError::Malformed)),
    }
}

/// Reads a string; `None` for a value of another type.
fn read_string<'v>(value: &'v Value<'_>) -> Result<Option<JsString<'v>>> {
    match value.get_type()? {
        ValueType::String => value.coerce_to_string().map(Some),
        _ => Ok(None),
    }
}

pub(crate) fn read_audience(env: Env, audience: Value<'_>) -> Result<Audience> {
    read_name(env, "audience", audience)
}

/// The name of an app or a purpose, which is an audience in tokens.
pub(crate) fn read_name(env: Env, argument: &str, name: Value<'_>) -> Result<Audience> {
    let Some(text) = read_string(&name)? else {
        return Err(type_error(env, &format!("{argument} must be a string")));
    };
    let name = text.into_utf8()?;
    if is_lossy(text, name.as_str()?)? {
        return Err(value_error(
            env,
            &format!("{argument} must not contain lone surrogates"),
        ));
    }
    Audience::parse(name.as_str()?)
        .map_err(|_| value_error(env, &format!("{argument} must not be empty")))
}

pub(crate) fn read_user_id(env: Env, user_id: Value<'_>) -> Result<UserId> {
    let Some(text) = read_string(&user_id)? else {
        return Err(type_error(env, "userId must be a string"));
    };
    UserId::parse(text.into_utf8()?.as_str()?)
        .ok_or_else(|| value_error(env, "userId must be a UUID in lower case, with hyphens"))
}

/// Whether `utf8` comes from a JavaScript string with lone surrogates.
///
/// Each of them becomes U+FFFD, so two names that differ only there would be one audience.
fn is_lossy(text: JsString<'_>, utf8: &str) -> Result<bool> {
    if !utf8.contains(char::REPLACEMENT_CHARACTER) {
        return Ok(false);
    }
    let utf16 = text.into_utf16()?;
    Ok(char::decode_utf16(utf16.as_slice().iter().copied()).any(|unit| unit.is_err()))
}

pub(crate) fn read_secret(env: Env, secret: SecretText<'_>) -> Result<Secret> {
    let Either::A(text) = secret else {
        return Err(type_error(env, "secret must be a string"));
    };
    Secret::parse(&Zeroizing::new(text)).map_err(|InvalidSecret| {
        value_error(
            env,
            "secret must be 32 bytes as 43 characters of base64url without padding",
        )
    })
}

pub(crate) fn read_seconds(env: Env, argument: &str, value: Value<'_>, min: u64) -> Result<u64> {
    if value.get_type()? != ValueType::Number {
        return Err(type_error(env, &format!("{argument} must be a number")));
    }
    let seconds = value.coerce_to_number()?.get_double()?;
    if seconds.fract() != 0.0 || !(as_number(min)..=as_number(LAST_SECOND)).contains(&seconds) {
        let range =
            format!("{argument} must be an integer from {min} to {LAST_SECOND}, in seconds");
        return Err(range_error(env, &range));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an integer within the range above"
    )]
    Ok(seconds as u64)
}

pub(crate) fn read_issuer(env: Env, argument: &str, value: Value<'_>) -> Result<Issuer> {
    let message = format!("{argument} must be 'local-first' or 'anonymous'");
    let Some(name) = read_string(&value)? else {
        return Err(type_error(env, &message));
    };
    let name = name.into_utf8()?;
    let name = name.as_str()?;
    let issuer = Issuer::ALL.into_iter().find(|issuer| issuer.name() == name);
    issuer.ok_or_else(|| value_error(env, &message))
}

pub(crate) fn read_issuers(
    env: Env,
    argument: &str,
    value: Value<'_>,
) -> Result<&'static [Issuer]> {
    if !value.is_array()? {
        return Err(type_error(env, &format!("{argument} must be an array")));
    }
    let list = value.coerce_to_object()?;
    let (mut local_first, mut anonymous) = (false, false);
    for index in 0..list.get_array_length()? {
        let element = format!("{argument}[{index}]");
        // An inherited element would come from a polluted `Array.prototype`.
        let own = list.has_own_property(&index.to_string())?;
        let value: Value<'_> = list.get_element(index)?;
        if !own {
            return Err(type_error(env, &format!("{element} must not be empty")));
        }
        match read_issuer(env, &element, value)? {
            Issuer::LocalFirst => local_first = true,
            Issuer::Anonymous => anonymous = true,
        }
    }
    match (local_first, anonymous) {
        (true, true) => Ok(&Issuer::ALL),
        (true, false) => Ok(&[Issuer::LocalFirst]),
        (false, true) => Ok(&[Issuer::Anonymous]),
        (false, false) => Err(value_error(env, &format!("{argument} must not be empty"))),
    }
}

/// Reads the options with these names; `None` for one that is absent or `undefined`.
///
/// Only own properties are read, so a polluted `Object.prototype` cannot loosen a limit. A name that
/// is not an option throws, so a misspelt limit does not silently become the default.
pub(crate) fn read_options<'v, const N: usize>(
    env: Env,
    options: Value<'v>,
    names: [&str; N],
) -> Result<[Option<Value<'v>>; N]> {
    let mut values = [const { None }; N];
    let not_plain = || type_error(env, "options must be a plain object");
    let object = match options.get_type()? {
        ValueType::Undefined => return Ok(values),
        ValueType::Object => options.coerce_to_object()?,
        _ => return Err(not_plain()),
    };
    if !is_plain(env, &object)? {
        return Err(not_plain());
    }
    let own = object.get_all_property_names(
        KeyCollectionMode::OwnOnly,
        KeyFilter::SkipSymbols,
        KeyConversion::NumbersToStrings,
    )?;
    for index in 0..own.get_array_length()? {
        let name: String = own.get_element(index)?;
        let known = names
            .iter()
            .zip(&mut values)
            .find(|(known, _)| **known == name);
        let Some((_, value)) = known else {
            return Err(type_error(env, &no_option(&name, &names)));
        };
        // An earlier getter may have deleted this property. Then an inherited one would be read.
        if object.has_own_property(&name)? {
            *value = object.get(&name)?;
        }
    }
    Ok(values)
}

/// Makes the message for a name that is not an option, with the option that was probably meant.
fn no_option(name: &str, names: &[&str]) -> String {
    let message = format!("options.{} is not an option", name.escape_debug());
    near_name(name, names).map_or(message.clone(), |near| {
        format!("{message}; did you mean options.{near}?")
    })
}

/// Whether an object inherits from nothing, or from the `Object.prototype` of any realm.
///
/// Otherwise a limit could be in a class, a `Map` or another object, where it would not be read.
fn is_plain(env: Env, object: &Object<'_>) -> Result<bool> {
    let Some(prototype) = prototype_of(env, object)? else {
        return Ok(true);
    };
    let inherits_nothing = prototype.get_prototype()?.get_type()? == ValueType::Null;
    // Another object without a prototype may hold limits, which would not be read. It lacks this method.
    Ok(inherits_nothing && prototype.has_own_property("isPrototypeOf")?)
}

fn prototype_of<'v>(env: Env, object: &Object<'v>) -> Result<Option<Object<'v>>> {
    let mut prototype = object.get_prototype()?;
    if prototype.get_type()? == ValueType::Null {
        // Node-API returns `null` for every `Proxy`, too. JavaScript finds the prototype behind it.
        let reflect: Object<'_> = env.get_global()?.get_named_property("Reflect")?;
        let get_prototype_of: Function<'_, Object<'_>, Unknown<'_>> =
            reflect.get_named_property("getPrototypeOf")?;
        prototype = get_prototype_of.call(*object)?;
    }
    match prototype.get_type()? {
        ValueType::Null => Ok(None),
        _ => prototype.coerce_to_object().map(Some),
    }
}

/// Reads the option `now`, else the system clock, in Unix seconds.
pub(crate) fn read_now(env: Env, now: Option<Value<'_>>) -> Result<u64> {
    now.map_or_else(clock, |value| read_seconds(env, "options.now", value, 0))
}

/// Reads the system clock, in Unix seconds.
pub(crate) fn clock() -> Result<u64> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since_epoch| since_epoch.as_secs())
        .map_err(|_| Error::from_reason("the system clock is set to before 1970"))
}

/// Converts seconds to a JavaScript number. Lossless: none that reaches JavaScript is near 2^53.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
pub(crate) const fn as_number(seconds: u64) -> f64 {
    seconds as f64
}

fn type_error(env: Env, message: &str) -> Error {
    thrown(env.throw_type_error(message, Some("ERR_INVALID_ARG_TYPE")))
}

fn value_error(env: Env, message: &str) -> Error {
    thrown(env.throw_type_error(message, Some("ERR_INVALID_ARG_VALUE")))
}

pub(crate) fn range_error(env: Env, message: &str) -> Error {
    thrown(env.throw_range_error(message, Some("ERR_OUT_OF_RANGE")))
}

/// What an export returns once a JavaScript error is pending.
fn thrown(outcome: Result<()>) -> Error {
    outcome
        .err()
        .unwrap_or_else(|| Error::new(Status::PendingException, String::new()))
}
