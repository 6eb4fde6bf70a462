//! Answers of HTTP that do not say how long they are, as servers give that make them as they send.
//!
//! The client of objects reads none without a length. One that cannot be true stands for what is not
//! said, where the end of the answer shows in another way.

use async_trait::async_trait;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderValue, Version};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};

/// Stands for a length that was not said.
pub(super) const UNSAID: u64 = 1 << 62;

/// Connects to servers of HTTP.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(HttpClient);

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.0.execute(request).await?;
        let coding = answer.headers().get(TRANSFER_ENCODING);
        let chunked = coding.is_some_and(|coding| coding.as_bytes().ends_with(b"chunked"));
        // An answer that ends with its connection may end anywhere.
        let shows_its_end = chunked || answer.version() >= Version::HTTP_2;
        if shows_its_end && !answer.headers().contains_key(CONTENT_LENGTH) {
            let length = HeaderValue::from(UNSAID);
            answer.headers_mut().insert(CONTENT_LENGTH, length);
        }
        Ok(answer)
    }
}
