//! Codes in a photograph that somebody hands in. Everything about it is bounded before it is decoded.

mod anew;

pub use anew::made_anew;

use std::{
    io::Cursor,
    time::{Duration, Instant},
};

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use shirushi_reader::{Effort, Gray, GrayError, gray::MAX_PIXELS};
use shirushi_shared::scan::{self, Origins, Scanned};

/// Largest file, in bytes: photographs of today's telephones take 3 to 6 MB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most memory that a decoder may take: 40 megapixels of four bytes, and as much again while it works.
const MAX_DECODER_BYTES: u64 = 320 * 1024 * 1024;
/// After so long the reader gives back what it has found.
const TIME: Duration = Duration::from_secs(4);

/// Why a picture cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PhotographError {
    /// Not one of the kinds that are taken.
    #[error("not a PNG, JPEG or WebP picture")]
    Kind,
    /// Larger than is decoded; found out by its heading.
    #[error("the picture is {width}×{height} pixels; at most {} megapixels are taken", MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Pixels a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// It begins as a picture and is none, or ends too early.
    #[error("the picture is damaged, or ends too early")]
    Damaged(#[source] image::ImageError),
    /// Too small for any code.
    #[error(transparent)]
    Size(#[from] GrayError),
    /// Nothing was found in it.
    #[error(
        "no QR code could be read: hold the camera closer and straight above the code, in even light, and let it focus; \
         or type the registration number that stands beside it"
    )]
    NoCode,
}

/// The texts of all codes in a picture, at least one. Takes up to some seconds of a processor.
pub fn read(bytes: &[u8]) -> Result<Vec<String>, PhotographError> {
    let gray = decode(bytes)?;
    let began = Instant::now();
    let codes = shirushi_reader::read(&gray, Effort::Still, &|| began.elapsed() > TIME);
    // Bytes that are no text are told as what they look like, and judged as plain text: they are no label.
    let texts: Vec<String> = codes
        .iter()
        .map(|code| code.text().unwrap_or_else(|| String::from_utf8_lossy(&code.content).into_owned()))
        .collect();
    if texts.is_empty() { Err(PhotographError::NoCode) } else { Ok(texts) }
}

/// Which of `texts` is the label: the first signed one, else what is nearest to one.
pub fn pick(texts: &[String], ours: &Origins) -> Option<usize> {
    let rank = |text: &String| match scan::read(text, ours) {
        Scanned::Token(_) => 0,
        Scanned::BrokenToken(_) => 1,
        Scanned::Number(_) => 2,
        Scanned::Gtin(_) => 3,
        Scanned::NotALabel(_) => 4,
    };
    texts.iter().enumerate().min_by_key(|(_, text)| rank(text)).map(|(index, _)| index)
}

fn decode(bytes: &[u8]) -> Result<Gray, PhotographError> {
    let picture = open(bytes)?.decode().map_err(PhotographError::Damaged)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Ok(Gray::new(width, height, luminance(picture))?)
}

/// A picture of a known kind and size, not decoded yet.
fn open(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, PhotographError> {
    let open = || {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
        reader.map_err(|_| PhotographError::Kind)
    };
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    let mut reader = open()?;
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(PhotographError::Kind);
    }
    // The heading first: a few kilobytes can claim a picture of gigabytes.
    let (width, height) = open()?.into_dimensions().map_err(PhotographError::Damaged)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS as u64 {
        return Err(PhotographError::TooLarge { width, height });
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(width);
    limits.max_image_height = Some(height);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    Ok(reader)
}

/// The luminance as it looks on white paper: a code on a transparent ground would else be black on black.
fn luminance(picture: DynamicImage) -> Vec<u8> {
    if !picture.color().has_alpha() {
        return picture.into_luma8().into_raw();
    }
    let on_white = |light: u8, opacity: u8| {
        let blended = u16::from(light) * u16::from(opacity) + 255 * (255 - u16::from(opacity));
        u8::try_from(blended / 255).unwrap_or(u8::MAX)
    };
    picture.into_luma_alpha8().pixels().map(|pixel| on_white(pixel.0[0], pixel.0[1])).collect()
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_that_claims_gigapixels_is_refused_by_its_heading() {
        let mut bomb = png(&DynamicImage::ImageLuma8(GrayImage::from_pixel(30, 30, Luma([255]))));
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]); // 65,536 × 65,536
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(matches!(decode(&bomb), Err(PhotographError::TooLarge { width: 65_536, height: 65_536 })));
    }

    #[test]
    fn what_is_no_picture_says_so() {
        assert!(matches!(read(b"GIF89a and so on"), Err(PhotographError::Kind)));
        assert!(matches!(read(b""), Err(PhotographError::Kind)));
        assert!(matches!(read(b"\xff\xd8\xff\xe0 and no more"), Err(PhotographError::Damaged(_))));
        let blank = png(&DynamicImage::ImageLuma8(GrayImage::from_pixel(30, 30, Luma([255]))));
        assert!(matches!(read(&blank), Err(PhotographError::NoCode)));
    }

    #[test]
    fn transparent_ground_is_paper() {
        let clear = image::RgbaImage::from_pixel(2, 1, image::Rgba([0, 0, 0, 0]));
        let ink = image::RgbaImage::from_pixel(2, 1, image::Rgba([0, 0, 0, 255]));
        assert_eq!(luminance(DynamicImage::ImageRgba8(clear)), [255, 255]);
        assert_eq!(luminance(DynamicImage::ImageRgba8(ink)), [0, 0]);
    }

    /// CRC-32 of a PNG chunk.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
            })
        })
    }
}
