//! The issuer of the service accounts' tokens: what tells this cluster from all others.

use std::{path::Path, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use tokio::time::timeout;

use super::{Connection, verdict::describe_client};

/// Open to every service account by the role `system:service-account-issuer-discovery` (KEP-1393).
const PATH: &str = "/.well-known/openid-configuration";

/// The answer is awaited no longer; kube's client waits for answers without an end.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
}

/// Asks the API server; where it does not say, looks into the token that the exporter shows it. `None` where neither tells.
pub async fn issuer(connection: &Connection, token_file: Option<&Path>) -> Option<String> {
    let request = http::Request::get(PATH).body(Vec::new()).ok()?;
    let why = match timeout(PATIENCE, connection.plain().request::<Discovery>(request)).await {
        Ok(Ok(discovery)) => return Some(discovery.issuer).filter(|issuer| !issuer.is_empty()),
        Ok(Err(error)) => describe_client(&error),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::debug!(error = why, "the API server does not say its issuer");
    of_token(&std::fs::read_to_string(token_file?).ok()?)
}

/// The `iss` of a JSON Web Token, which need not be proved: it is the one that the API server accepts.
fn of_token(token: &str) -> Option<String> {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.trim().split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Claims>(&payload).ok().map(|claims| claims.iss)
}

#[cfg(test)]
mod tests {
    use kube::Client;
    use serde_json::json;

    use super::*;
    use crate::{clock::Clock, watch::testing::*};

    const ISSUER: &str = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

    fn token() -> String {
        let part = |value| BASE64_URL_SAFE_NO_PAD.encode(serde_json::Value::to_string(&value));
        format!("{}.{}.c2ln\n", part(json!({"alg": "RS256"})), part(json!({"iss": ISSUER, "aud": ["x"]})))
    }

    #[tokio::test]
    async fn the_api_server_says_it_and_the_token_where_it_does_not() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), token()).unwrap();
        let server = Server::new(|nth, asked| match (nth, asked.path.as_str()) {
            (0, PATH) => json(200, &json!({"issuer": "https://from.the.server", "jwks_uri": "x"})),
            (1 | 2, PATH) => json(403, &json!({"kind": "Status", "code": 403, "reason": "Forbidden"})),
            other => panic!("{other:?}"),
        });
        let connection = Connection::over(Client::new(server.service(), "default"), &Clock::new());
        assert_eq!(issuer(&connection, Some(file.path())).await.as_deref(), Some("https://from.the.server"));
        assert_eq!(issuer(&connection, Some(file.path())).await.as_deref(), Some(ISSUER));
        assert_eq!(issuer(&connection, None).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_server_that_does_not_answer_is_not_awaited_for_ever() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), token()).unwrap();
        let server = Server::new(|_, _| answer(200, JSON, vec![Step::Hang]));
        let connection = Connection::over(Client::new(server.service(), "default"), &Clock::new());
        let asked = timeout(PATIENCE * 2, issuer(&connection, Some(file.path()))).await;
        assert_eq!(asked.unwrap().as_deref(), Some(ISSUER));
    }

    #[test]
    fn what_is_no_token_has_no_issuer() {
        for text in ["", "a", "a.b", "a.!.c", "a.e30.c", "..", "a.bnVsbA.c"] {
            assert_eq!(of_token(text), None, "{text}");
        }
    }
}
