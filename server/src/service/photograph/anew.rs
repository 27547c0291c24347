//! A photograph made anew, to be kept: the same to look at, upright, and nothing else of what was in the file.
//!
//! Where it was taken, when and by whom stands in the files of telephones. Only the pixels are taken over.

use image::{DynamicImage, ImageDecoder as _, Rgba, RgbaImage, codecs::jpeg::JpegEncoder, imageops};

use super::{PhotographError, open};

/// Largest that is kept, in bytes.
const MAX_KEPT: usize = 1024 * 1024;
/// Longest side in pixels; where that takes more than [`MAX_KEPT`], the next shorter one. The last fits whatever it shows.
const SIDES: [u32; 5] = [2048, 1448, 1024, 724, 512];
/// Print can be read in it, and a photograph of [`SIDES`]' first takes a half of [`MAX_KEPT`].
const QUALITY: u8 = 80;

/// The photograph in `bytes` as a JPEG of at most [`MAX_KEPT`] bytes. Takes up to some seconds of a processor.
pub fn made_anew(bytes: &[u8]) -> Result<Vec<u8>, PhotographError> {
    let mut decoder = open(bytes)?.into_decoder().map_err(PhotographError::Damaged)?;
    let turn = decoder.orientation().map_err(PhotographError::Damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(PhotographError::Damaged)?;
    picture.apply_orientation(turn);
    let mut jpeg = Vec::new();
    for side in SIDES {
        if picture.width().max(picture.height()) > side {
            picture = picture.thumbnail(side, side);
        }
        jpeg.clear();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
        on_white(&picture).write_with_encoder(encoder).map_err(PhotographError::Damaged)?;
        if jpeg.len() <= MAX_KEPT {
            break;
        }
    }
    Ok(jpeg)
}

/// JPEG knows no transparency; what was clear is paper.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8().into();
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    imageops::overlay(&mut paper, &picture.to_rgba8(), 0, 0);
    DynamicImage::from(paper).into_rgb8().into()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{GenericImageView as _, ImageFormat, Rgb, RgbImage};

    use super::*;

    /// A JPEG whose left half is red, with EXIF before its pictures: to be turned by a quarter, taken in a garden.
    fn from_a_telephone(width: u32, height: u32) -> Vec<u8> {
        let halves = RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) }
        });
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&halves).unwrap();
        [&jpeg[..2], &exif(), &jpeg[2..]].concat()
    }

    /// An APP1 segment: orientation 6 (turn right), and a position.
    fn exif() -> Vec<u8> {
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
        };
        let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend(entry(0x0112, 3, 1, 6));
        tiff.extend(entry(0x8825, 4, 1, 38));
        tiff.extend([0; 4]);
        tiff.extend(b"\x01\0");
        tiff.extend(entry(0x0002, 5, 3, 56));
        tiff.extend([0; 4]);
        for part in [35_u32, 1, 41, 1, 22, 1] {
            tiff.extend(part.to_le_bytes());
        }
        tiff.extend(b"GPS-OF-A-GARDEN");
        let length = u16::try_from(tiff.len() + 8).unwrap();
        [b"\xff\xe1", &length.to_be_bytes()[..], b"Exif\0\0", &tiff].concat()
    }

    #[test]
    fn it_is_upright_and_tells_nothing_but_its_pixels() {
        let taken = from_a_telephone(64, 48);
        assert!(taken.windows(6).any(|part| part == b"Exif\0\0"), "the test's own picture has it");
        let kept = made_anew(&taken).unwrap();
        for told in [&b"Exif"[..], b"GPS", b"GARDEN"] {
            assert!(!kept.windows(told.len()).any(|part| part == told), "{}", String::from_utf8_lossy(told));
        }
        let picture = image::load_from_memory(&kept).unwrap();
        assert_eq!(picture.dimensions(), (48, 64), "it lies no longer on its side");
        let is_red = |x, y| picture.get_pixel(x, y).0[0] > 128;
        assert!(is_red(24, 8) && !is_red(24, 56), "left is up");
    }

    #[test]
    fn whatever_it_shows_it_is_small() {
        // Noise: nothing is larger for its size.
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(2600, 1800, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = state.to_be_bytes();
            Rgb([red, green, blue])
        });
        let mut png = Cursor::new(Vec::new());
        DynamicImage::from(noise).write_to(&mut png, ImageFormat::Png).unwrap();
        let kept = made_anew(png.get_ref()).unwrap();
        assert!(kept.len() <= MAX_KEPT, "{}", kept.len());
        assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);
    }

    #[test]
    fn clear_ground_is_paper_and_what_is_no_picture_is_refused() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::from(RgbaImage::from_pixel(20, 20, Rgba([0; 4])))
            .write_to(&mut png, ImageFormat::Png)
            .unwrap();
        let kept = image::load_from_memory(&made_anew(png.get_ref()).unwrap()).unwrap();
        assert!(kept.get_pixel(10, 10).0[0] > 250);
        assert!(matches!(made_anew(b"GIF89a"), Err(PhotographError::Kind)));
        assert!(matches!(made_anew(b"\xff\xd8\xff\xe0 and no more"), Err(PhotographError::Damaged(_))));
    }
}
