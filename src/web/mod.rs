//! Pages and API over HTTP, on an accept loop of our own.
