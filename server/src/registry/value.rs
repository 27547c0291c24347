//! What goes into a statement and what comes out.

use super::RegistryError;

/// A value. `None` is NULL of that type: PostgreSQL asks of what type it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

/// A row, whose cells are taken in the order of the columns.
#[derive(Debug)]
pub(super) struct Row(std::vec::IntoIter<Value>);

/// A statement and its reader do not agree: a fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("a column is {0:?}, which was not expected")]
struct OtherColumn(Option<Value>);

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next cell.
    pub(super) fn take<T: FromValue>(&mut self) -> Result<T, RegistryError> {
        let value = self.0.next();
        value
            .map_or(Err(None), |value| T::from_value(value).map_err(Some))
            .map_err(|value| RegistryError::Unavailable(Box::new(OtherColumn(value))))
    }
}

/// What a cell can be read as.
pub(super) trait FromValue: Sized {
    /// The value, or the cell as it was.
    fn from_value(value: Value) -> Result<Self, Value>;
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, Value> {
        Ok(value)
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Int(Some(number)) => Ok(number),
            other => Err(other),
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Text(Some(text)) => Ok(text),
            other => Err(other),
        }
    }
}

impl FromValue for Option<String> {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Text(text) => Ok(text),
            // SQLite knows no type of a NULL.
            Value::Int(None) | Value::Bytes(None) => Ok(None),
            other => Err(other),
        }
    }
}

impl FromValue for Option<i64> {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Int(number) => Ok(number),
            other => Err(other),
        }
    }
}

impl FromValue for Option<Vec<u8>> {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Bytes(bytes) => Ok(bytes),
            // SQLite knows no type of a NULL.
            Value::Int(None) | Value::Text(None) => Ok(None),
            other => Err(other),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Bytes(Some(bytes)) => Ok(bytes),
            other => Err(other),
        }
    }
}
