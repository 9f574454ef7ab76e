//! Certificates of single sites, signed by the own authority when they are needed, and kept for a day.

use super::ca_file::Ca;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SerialNumber,
};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Sites whose certificates are kept.
const KEPT: usize = 2_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Days that a certificate is valid.
const DAYS: u32 = 7;

/// Makes TLS settings for sites.
pub(crate) struct Leaves {
    ca: Ca,
    /// One key for all sites: it never leaves the process, and making one for each site would cost more than signing.
    key: KeyPair,
    made: Mutex<HashMap<String, (Instant, Arc<ServerConfig>)>>,
}

/// A certificate cannot be made.
pub(crate) type LeafError = Box<dyn std::error::Error + Send + Sync>;

impl Leaves {
    /// With that authority.
    ///
    /// # Errors
    ///
    /// If no key can be made.
    pub(crate) fn new(ca: Ca) -> Result<Self, LeafError> {
        Ok(Self { ca, key: KeyPair::generate()?, made: Mutex::default() })
    }

    /// The authority's certificate.
    pub(crate) fn ca(&self) -> &Ca {
        &self.ca
    }

    /// TLS settings with a certificate for the host, a name or an address.
    ///
    /// # Errors
    ///
    /// If the host is no name that can stand in a certificate.
    pub(crate) fn server_config(&self, host: &str) -> Result<Arc<ServerConfig>, LeafError> {
        let lock = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, config)) = lock().get(host)
            && at.elapsed() < DAY
        {
            return Ok(config.clone());
        }
        let config = Arc::new(self.make(host)?);
        let mut made = lock();
        if made.len() >= KEPT {
            // Rarely reached; the sites in use come back at once.
            made.clear();
        }
        made.insert(host.to_owned(), (Instant::now(), config.clone()));
        Ok(config)
    }

    fn make(&self, host: &str) -> Result<ServerConfig, LeafError> {
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        let mut name = DistinguishedName::new();
        // Common names are 64 characters at most; what counts is the alternative name.
        name.push(DnType::CommonName, host.chars().take(64).collect::<String>());
        params.distinguished_name = name;
        params.serial_number = Some(serial()?);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let now = SystemTime::now();
        params.not_before = (now - DAY).into();
        params.not_after = (now + DAY * DAYS).into();
        let leaf = params.signed_by(&self.key, &self.ca.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone(), self.ca.der.clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// A number that no other certificate of the authority has. Left to itself rcgen derives it from the key, which all sites
/// share, and NSS, hence Firefox, refuses the second certificate with the same number.
fn serial() -> Result<SerialNumber, LeafError> {
    let mut bytes = [0; 16];
    ring::default_provider().secure_random.fill(&mut bytes).map_err(|_| "the system gives no random bytes")?;
    // Positive, and not shorter than it looks.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

impl fmt::Debug for Leaves {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Leaves").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ca_file::CaFolder;
    use super::*;

    #[test]
    fn no_two_certificates_have_one_number() {
        let all: std::collections::BTreeSet<Vec<u8>> = (0..100).map(|_| serial().unwrap().to_bytes()).collect();
        assert_eq!(all.len(), 100);
    }

    #[test]
    fn certificates_are_made_for_names_and_addresses_and_kept() {
        let folder = std::env::temp_dir().join(format!("adsieve-leaf-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let folder = CaFolder::new(folder);
        let leaves = Leaves::new(folder.make().unwrap()).unwrap();
        let first = leaves.server_config("news.example").unwrap();
        assert!(Arc::ptr_eq(&first, &leaves.server_config("news.example").unwrap()));
        leaves.server_config("127.0.0.1").unwrap();
        leaves.server_config("::1").unwrap();
        leaves.server_config(&format!("{}.example", "a".repeat(63))).unwrap();
        assert!(leaves.server_config("bücher.example").is_err());
        folder.remove().unwrap();
    }
}
