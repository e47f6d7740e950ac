//! The shape of the file for editors.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;

use super::file::File;

/// A JSON schema of the file: what editors complete and explain.
pub fn schema() -> serde_json::Value {
    let generator: SchemaGenerator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<File>().to_value()
}
