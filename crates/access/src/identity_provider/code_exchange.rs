//! The client of the code flow: what is asked for at the provider, and codes for tokens.

use openidconnect::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};

use super::{
    ProviderConfig, ProviderError,
    identity_token::OtherClaims,
    provider_http::{ProviderHttp, ProviderHttpError},
};

pub(super) type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

pub(super) type CodeFlowClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type ExchangeError =
    RequestTokenError<ProviderHttpError, StandardErrorResponse<CoreErrorResponseType>>;

/// Builds the client for what is known of the provider now.
pub(super) fn build_client(
    config: &ProviderConfig,
    redirect_url: RedirectUrl,
    metadata: &CoreProviderMetadata,
) -> CodeFlowClient {
    let secret = ClientSecret::new(config.client_secret.0.clone());
    let id = ClientId::new(config.client_id.clone());
    let client = CodeFlowClient::from_provider_metadata(metadata.clone(), id, Some(secret))
        .set_redirect_uri(redirect_url);
    if wants_secret_in_body(metadata) {
        return client.set_auth_type(AuthType::RequestBody);
    }
    client
}

fn wants_secret_in_body(metadata: &CoreProviderMetadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported();
    methods.is_some_and(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
    })
}

/// Asks for the person, and for the groups at providers where they are a scope of their own.
pub(super) fn scopes(config: &ProviderConfig, metadata: &CoreProviderMetadata) -> Vec<Scope> {
    let groups = Scope::new(config.role_claim.clone());
    let is_offered = (metadata.scopes_supported()).is_some_and(|offered| offered.contains(&groups));
    let basic = ["profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    let groups = is_offered.then_some(groups);
    basic.into_iter().chain(groups).collect()
}

/// Gets the tokens for a code.
pub(super) async fn exchange_code(
    client: &CodeFlowClient,
    http: &ProviderHttp,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
) -> Result<TokenAnswer, ProviderError> {
    let code_text = code.secret().clone();
    let request = (client.exchange_code(code))
        .map_err(|error| ProviderError::InvalidAnswer(error.to_string()))?
        .set_pkce_verifier(verifier);
    let answer = request.request_async(http).await;
    answer.map_err(|error| explain_failure(&error, &code_text))
}

/// Says why there are no tokens. The provider's own words are for the log, unless they repeat the code.
fn explain_failure(error: &ExchangeError, code: &str) -> ProviderError {
    match error {
        RequestTokenError::Request(cause) => ProviderError::of_request(cause),
        RequestTokenError::ServerResponse(answer) => {
            let text = answer.to_string();
            let text = if text.contains(code) {
                answer.error().to_string()
            } else {
                text
            };
            ProviderError::InvalidAnswer(format!("it gives no tokens for the code: {text}"))
        }
        // Whatever it is, it may have tokens in it.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            let why = "what it gives for the code aren't tokens";
            ProviderError::InvalidAnswer(why.to_owned())
        }
    }
}
