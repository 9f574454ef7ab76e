//! The certificate authority of this machine: two files in a folder, made here and never sent anywhere.
//!
//! Whoever has the key can pretend to be any site to whoever trusts the certificate. So the key is readable by its owner alone,
//! and each installation makes its own.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData,
};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use thiserror::Error;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Days that a new authority is valid: about three years.
const DAYS: u32 = 1_100;

/// What can go wrong with the authority's files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum CaError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is one already.
    #[error("{0}: there is a certificate authority already; `adsieve proxy ca remove` removes it")]
    Exists(PathBuf),
    /// The key is open to others.
    #[error("{0}: others can read the key; `chmod 600` it, or make a new one")]
    Open(PathBuf),
    /// A file does not hold what it should.
    #[error("{0}: no certificate or key in it; `adsieve proxy ca remove`, then `ca init`, make new ones")]
    Damaged(PathBuf),
    /// Making keys or certificates fails.
    #[error("making a certificate: {0}")]
    Make(#[from] rcgen::Error),
}

/// The folder of an authority.
#[derive(Clone, Debug)]
pub(crate) struct CaFolder {
    folder: PathBuf,
}

/// A loaded authority.
#[derive(Debug)]
pub(crate) struct Ca {
    /// Signs certificates.
    pub(crate) issuer: Issuer<'static, KeyPair>,
    /// Its certificate, as clients must trust it.
    pub(crate) pem: String,
    /// The same, in DER.
    pub(crate) der: CertificateDer<'static>,
}

impl CaFolder {
    /// The authority in that folder, which need not be there yet.
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The file to trust.
    pub(crate) fn certificate_path(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// The file to keep.
    pub(crate) fn key_path(&self) -> PathBuf {
        self.folder.join(KEY)
    }

    /// Is there an authority, or a part of one?
    pub(crate) fn exists(&self) -> bool {
        self.certificate_path().exists() || self.key_path().exists()
    }

    /// Makes an authority.
    ///
    /// # Errors
    ///
    /// If there is one, or its files cannot be written.
    pub(crate) fn make(&self) -> Result<Ca, CaError> {
        if self.exists() {
            return Err(CaError::Exists(self.folder.clone()));
        }
        make_private_folder(&self.folder).map_err(|source| CaError::File { path: self.folder.clone(), source })?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = params(&key)?;
        let now = SystemTime::now();
        params.not_before = (now - DAY).into();
        params.not_after = (now + DAY * DAYS).into();
        let pem = params.self_signed(&key)?.pem();
        self.write(&self.key_path(), &key.serialize_pem(), true)?;
        self.write(&self.certificate_path(), &pem, false)?;
        self.load()
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is damaged, or the key is open to others.
    pub(crate) fn load(&self) -> Result<Ca, CaError> {
        let (key_path, certificate_path) = (self.key_path(), self.certificate_path());
        if is_open_to_others(&key_path) {
            return Err(CaError::Open(key_path));
        }
        let key = KeyPair::from_pem(&read(&key_path)?).map_err(|_| CaError::Damaged(key_path))?;
        let pem = read(&certificate_path)?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| CaError::Damaged(certificate_path.clone()))?;
        // A certificate of another key would make every leaf worthless.
        if !holds(&der, &key.subject_public_key_info()) {
            return Err(CaError::Damaged(certificate_path));
        }
        // The name follows from the key, so the certificate need not be taken apart.
        let issuer = Issuer::new(params(&key)?, key);
        Ok(Ca { issuer, pem, der })
    }

    /// Removes both files; which of them were there.
    ///
    /// # Errors
    ///
    /// If one cannot be removed.
    pub(crate) fn remove(&self) -> Result<Vec<PathBuf>, CaError> {
        let mut removed = Vec::new();
        for path in [self.key_path(), self.certificate_path()] {
            match fs::remove_file(&path) {
                Ok(()) => removed.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(CaError::File { path, source }),
            }
        }
        Ok(removed)
    }

    fn write(&self, path: &Path, text: &str, is_private: bool) -> Result<(), CaError> {
        let written = create(path, is_private).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|source| CaError::File { path: path.to_owned(), source })
    }
}

impl Ca {
    /// The SHA-256 of the certificate, as browsers show it.
    pub(crate) fn fingerprint(&self) -> String {
        let bytes: Vec<String> = Sha256::digest(&self.der).iter().map(|byte| format!("{byte:02X}")).collect();
        bytes.join(":")
    }
}

fn params(key: &KeyPair) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    let hash = Sha256::digest(key.subject_public_key_info());
    let number: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, format!("adsieve local authority {number}"));
    name.push(DnType::OrganizationName, "adsieve, made on this machine");
    params.distinguished_name = name;
    // It signs sites and no further authorities.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

fn read(path: &Path) -> Result<String, CaError> {
    fs::read_to_string(path).map_err(|source| CaError::File { path: path.to_owned(), source })
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn create(path: &Path, is_private: bool) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = if is_private { 0o600 } else { 0o644 };
    fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path, _: bool) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> CaFolder {
        let folder = std::env::temp_dir().join(format!("adsieve-ca-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        CaFolder::new(folder)
    }

    #[test]
    fn an_authority_is_made_once_read_again_and_removed() {
        let folder = folder("life");
        let made = folder.make().unwrap();
        assert!(matches!(folder.make(), Err(CaError::Exists(_))));
        let read = folder.load().unwrap();
        assert_eq!((made.fingerprint().len(), made.fingerprint()), (95, read.fingerprint()));
        assert_eq!(folder.remove().unwrap().len(), 2);
        assert!(!folder.exists() && folder.remove().unwrap().is_empty());
        assert!(matches!(folder.load(), Err(CaError::File { .. })));
    }

    #[test]
    #[cfg(unix)]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mode");
        folder.make().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.key_path()), mode(&folder.folder)), (0o600, 0o700));
        fs::set_permissions(folder.key_path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(folder.load(), Err(CaError::Open(_))));
        folder.remove().unwrap();
    }

    #[test]
    fn a_certificate_of_another_key_is_refused() {
        let (one, other) = (folder("one"), folder("other"));
        one.make().unwrap();
        other.make().unwrap();
        fs::copy(one.certificate_path(), other.certificate_path()).unwrap();
        assert!(matches!(other.load(), Err(CaError::Damaged(_))));
        one.remove().unwrap();
        other.remove().unwrap();
    }
}
