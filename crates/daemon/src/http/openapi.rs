//! What `/api/openapi.json` says beside the handlers' own descriptions.
//!
//! The rest comes from the handlers and the types of answers, so it cannot differ from them; a test
//! walks description and router both ways.

use bellwether_api::Problem;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder, ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

/// Bodies whose fields may be left out; in all others every field is there, `null` where unknown.
const WITH_ABSENT_FIELDS: [&str; 6] = [
    "Problem",
    "NewQueryBody",
    "AcknowledgeBody",
    "NewCaseBody",
    "NewEntryBody",
    "TakeOutBody",
];

/// The head of the description.
pub(super) fn head() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Bellwether")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "What state media and their proxies publish around elections. Times are RFC \
                     3339; ids are strings; what was not collected is null, never 0; errors are \
                     problem documents (RFC 9457). Without accounts answers are given to loopback \
                     only, and changes only with an `Origin` that equals the daemon's own; with accounts \
                     a program sends `Authorization: Bearer` and a token.",
                ))
                .license(Some(
                    LicenseBuilder::new()
                        .name("Apache-2.0")
                        .identifier(Some("Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .build()
}

/// The description as JSON, with what holds for all operations.
pub(super) fn finished(mut openapi: OpenApi) -> String {
    let components = openapi.components.get_or_insert_default();
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    for (name, schema) in &mut components.schemas {
        if !WITH_ABSENT_FIELDS.contains(&name.as_str()) {
            require_all(schema);
        }
    }
    for (path, item) in &mut openapi.paths.paths {
        let has_id = path.contains('{');
        for (operation, changes) in [
            (&mut item.get, false),
            (&mut item.post, true),
            (&mut item.put, true),
            (&mut item.delete, true),
        ] {
            if let Some(operation) = operation {
                add_problems(operation, has_id, changes);
            }
        }
    }
    openapi.to_json().unwrap_or_default()
}

fn require_all(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object))
            if object.schema_type == SchemaType::Type(Type::Object) =>
        {
            object.required = object.properties.keys().cloned().collect();
        }
        RefOr::T(Schema::AllOf(all_of)) => all_of.items.iter_mut().for_each(require_all),
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.iter_mut().for_each(require_all),
        _ => {}
    }
}

fn add_problems(operation: &mut Operation, has_id: bool, changes: bool) {
    let mut problems = vec![
        ("400", "A parameter or the query cannot be used"),
        ("503", "No answer now; `Retry-After` says when to ask again"),
        ("default", "What else went wrong"),
    ];
    if has_id {
        problems.push(("404", "There is none of this id"));
    }
    if changes {
        problems.push(("403", "The request comes from another page"));
    }
    for (status, description) in problems {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let response = ResponseBuilder::new()
            .description(description)
            .content(bellwether_api::PROBLEM_MEDIA_TYPE, content)
            .build();
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert(RefOr::T(response));
    }
}
