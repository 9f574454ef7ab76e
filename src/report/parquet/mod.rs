//! The report as Parquet files, for DuckDB, pandas and Spark.
//!
//! Out: a folder of six tables ([`TABLES`]), joined by the column `page`, the number of the page in the order of the
//! report. Rows are kept until a group of them is full, so memory stays bounded however many pages there are.

mod table;

use super::PageReport;
use super::tables::{TABLES, columns, fill_tables};
use std::fs;
use std::io;
use std::path::Path;
use table::Table;

/// Writes the six files of a folder (`pages.parquet`, …), page by page.
pub struct ParquetFolder {
    tables: [Table; 6],
    pages: i64,
}

impl ParquetFolder {
    /// Makes the folder and begins the files; those of an earlier report are written anew.
    ///
    /// # Errors
    ///
    /// What making the folder or a file says.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut tables = Vec::with_capacity(TABLES.len());
        for name in TABLES {
            tables.push(Table::create(&folder.join(format!("{name}.parquet")), name, columns(name))?);
        }
        let tables = tables.try_into().ok().expect("there are as many tables as names");
        Ok(Self { tables, pages: 0 })
    }

    /// Adds a page.
    ///
    /// # Errors
    ///
    /// What writing a full group of rows says.
    pub fn page(&mut self, page: &PageReport) -> io::Result<()> {
        fill_tables(&mut self.tables, self.pages, page);
        self.pages += 1;
        self.tables.iter_mut().try_for_each(Table::flush_if_full)
    }

    /// Writes what is left, and the ends of the files: without them no reader takes a file.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub fn end(self) -> io::Result<()> {
        self.tables.into_iter().try_for_each(Table::end)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hostile_page, sample_page};
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    struct Folder(std::path::PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn written(name: &str, pages: &[PageReport]) -> Folder {
        let path = std::env::temp_dir().join(format!("adsieve-parquet-{name}-{}", std::process::id()));
        let mut folder = ParquetFolder::create(&path).unwrap();
        pages.iter().for_each(|page| folder.page(page).unwrap());
        folder.end().unwrap();
        Folder(path)
    }

    fn rows(folder: &Folder, table: &str) -> Vec<String> {
        let file = fs::File::open(folder.0.join(format!("{table}.parquet"))).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
    }

    #[test]
    fn every_table_holds_the_rows_of_the_pages() {
        let folder = written("rows", &[sample_page(), sample_page()]);
        let tables = TABLES.map(|table| format!("{table}\n{}\n", rows(&folder, table).join("\n")));
        insta::assert_snapshot!(tables.join("\n"));
    }

    #[test]
    fn text_of_a_page_is_kept_as_it_is() {
        let page = hostile_page();
        let folder = written("hostile", std::slice::from_ref(&page));
        let title = page.title.unwrap();
        let file = fs::File::open(folder.0.join("pages.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
        let column = row.get_column_iter().find(|(name, _)| *name == "title").unwrap().1;
        assert_eq!(column, &::parquet::record::Field::Str(title));
        insta::assert_snapshot!("hostile_bids", rows(&folder, "bids").join("\n"));
    }

    #[test]
    fn a_report_of_no_pages_has_files_too() {
        let folder = written("empty", &[]);
        assert!(TABLES.iter().all(|table| rows(&folder, table).is_empty()));
    }
}
