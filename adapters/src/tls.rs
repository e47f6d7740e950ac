//! The cryptography that all TLS of this process is made with.

/// Chooses it, unless that has been done. Every client that is made without a choice
/// of its own needs it before.
pub fn choose() {
    // Somebody else may have chosen the same already.
    drop(rustls::crypto::ring::default_provider().install_default());
}
