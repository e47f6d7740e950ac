//! How folds and effects are written: JSON.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shipbell_domain::Fold;
use shipbell_domain::ask::Ask;

use crate::StoreError;

/// A fold as it is written. JSON has no maps with compound keys, so a release's
/// asks stand beside it as a list; each carries its own name.
#[derive(Serialize, Deserialize)]
struct Body {
    fold: Fold,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asks: Vec<Ask>,
}

pub(super) fn write_fold(fold: &Fold) -> Result<String, StoreError> {
    let mut fold = fold.clone();
    let asks = match &mut fold {
        Fold::Release(it) => std::mem::take(&mut Arc::make_mut(it).asks)
            .into_values()
            .collect(),
        Fold::Application(_) | Fold::Environment(_) | Fold::Incident(_) | Fold::Agenda(_) => {
            Vec::new()
        }
    };
    write(&Body { fold, asks })
}

pub(super) fn read_fold(text: &str) -> Result<Fold, StoreError> {
    let Body { mut fold, asks } = read(text)?;
    if let Fold::Release(it) = &mut fold {
        Arc::make_mut(it).asks = asks.into_iter().map(|ask| (ask.id.clone(), ask)).collect();
    }
    Ok(fold)
}

pub(super) fn write(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("this cannot be written: {error}")))
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("this cannot be read back: {error}")))
}
