//! Typefaces for letters that the embedded one lacks: files that the caller names, then what the system has.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use ab_glyph::{Font, FontArc, FontRef, FontVec, GlyphId};
use fontdb::{Database, FaceInfo, ID, Style};

use crate::error::PlotError;

/// A typeface that letters are borrowed from.
#[derive(Clone)]
pub(crate) struct Borrowed {
    /// Its place among all of them, which tells its glyphs from those of others.
    pub(crate) place: usize,
    pub(crate) face: FontArc,
}

/// The typefaces of this process, and which of them has which letter.
#[derive(Default)]
struct Faces {
    faces: Vec<(String, FontArc)>,
    /// How many of them were named by the caller; they come first.
    named: usize,
    chosen: HashMap<char, Option<usize>>,
}

static FACES: LazyLock<Mutex<Faces>> = LazyLock::new(Mutex::default);

static SYSTEM: LazyLock<Database> = LazyLock::new(|| {
    let mut system = Database::new();
    system.load_system_fonts();
    system
});

fn faces() -> MutexGuard<'static, Faces> {
    FACES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes letters that the embedded typeface lacks from this TrueType or OpenType file, before any of the system's.
///
/// # Errors
/// Where the file cannot be read or is no typeface.
pub fn add_font(path: &Path) -> Result<(), PlotError> {
    let unusable = |reason: String| PlotError::Font { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|e| unusable(e.to_string()))?;
    let face = FontVec::try_from_vec_and_index(bytes, 0).map_err(|_| {
        unusable("it is no TrueType or OpenType font; give a file such as NotoSansCJK-Regular.ttc".into())
    })?;
    let mut faces = faces();
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let at = faces.named;
    faces.faces.insert(at, (name, FontArc::from(face)));
    faces.named += 1;
    faces.chosen.clear();
    Ok(())
}

/// A typeface that has the letter.
pub(crate) fn face_with(letter: char) -> Option<Borrowed> {
    let mut faces = faces();
    let known = faces.chosen.get(&letter).copied();
    let place = known.unwrap_or_else(|| {
        let found = faces.faces.iter().position(|(_, face)| has(face, letter)).or_else(|| {
            let (name, face) = of_system(letter)?;
            faces.faces.push((name, face));
            Some(faces.faces.len() - 1)
        });
        faces.chosen.insert(letter, found);
        found
    })?;
    Some(Borrowed { place, face: faces.faces[place].1.clone() })
}

/// What a typeface that letters are borrowed from is called.
pub(crate) fn name_of(borrowed: &Borrowed) -> String {
    faces().faces.get(borrowed.place).map(|face| face.0.clone()).unwrap_or_default()
}

/// Whether the face can draw the letter; pictures in colour, which some have instead of outlines, are none.
fn has(face: &impl Font, letter: char) -> bool {
    let glyph = face.glyph_id(letter);
    glyph != GlyphId(0) && (letter.is_whitespace() || face.outline(glyph).is_some())
}

/// The plainest of the system's typefaces that has the letter.
fn of_system(letter: char) -> Option<(String, FontArc)> {
    let name = |face: &FaceInfo| face.families.first().map(|family| family.0.clone()).unwrap_or_default();
    let mut candidates: Vec<((bool, bool, u16, String), ID)> = SYSTEM
        .faces()
        .map(|face| {
            let heavy = face.weight.0.abs_diff(400);
            ((face.style != Style::Normal, face.monospaced, heavy, name(face)), face.id)
        })
        .collect();
    candidates.sort();
    candidates.into_iter().find_map(|((.., name), id)| {
        SYSTEM.with_face_data(id, |data, index| {
            let face = FontRef::try_from_slice_and_index(data, index).ok()?;
            if !has(&face, letter) {
                return None;
            }
            Some((name, FontArc::from(FontVec::try_from_vec_and_index(data.to_vec(), index).ok()?)))
        })?
    })
}
