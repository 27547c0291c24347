//! Photographs, and what pretends to be one.

use std::io::Cursor;

use axum::http::StatusCode;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use serde_json::json;

use super::harness::{NUMBER, Service};
use crate::{
    artwork::{Dpi, plain_qr},
    http::overload::Decoders,
    service::access::Scope,
};

async fn label(service: &Service) -> Vec<u8> {
    let key = service.key(&[Scope::Read]).await;
    service.get_with(&format!("/v1/registrations/{NUMBER}/label.png"), "authorization", &key).await.body
}

fn form(field: &str, picture: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), picture, b"\r\n--cut--\r\n"].concat();
    ("multipart/form-data; boundary=cut".to_owned(), body)
}

#[tokio::test]
async fn a_photograph_is_judged_as_the_code_in_it() {
    let service = Service::start().await;
    let link = service.issue().await;
    let picture = label(&service).await;
    let (media, body) = form("image", &picture);
    for answer in [
        service.post("/v1/verify/image?model=RX-200W", "image/png", picture.clone()).await,
        service.post("/v1/verify/image?model=RX-200W", &media, body).await,
    ] {
        let answer = answer.json();
        assert_eq!(answer["picture"]["read"], json!([link]));
        assert_eq!(answer["outcome"], "valid");
        assert_eq!(answer["claimed"]["model"], "listed");
    }
}

#[tokio::test]
async fn of_several_codes_the_label_is_judged_and_the_others_are_named() {
    let service = Service::start().await;
    service.issue().await;
    let load = |png: &[u8]| image::load_from_memory(png).unwrap().into_luma8();
    let ours = load(&label(&service).await);
    let other = load(&plain_qr("https://shop.example/item").unwrap().png(Dpi::D600).unwrap());
    let mut sheet = GrayImage::from_pixel(
        ours.width() + other.width() + 200,
        ours.height().max(other.height()) + 100,
        Luma([255]),
    );
    image::imageops::overlay(&mut sheet, &other, 50, 50);
    image::imageops::overlay(&mut sheet, &ours, i64::from(other.width()) + 150, 50);
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(sheet).write_to(&mut png, ImageFormat::Png).unwrap();

    let answer = service.post("/v1/verify/image", "image/png", png.into_inner()).await.json();
    assert_eq!(answer["outcome"], "valid", "{answer}");
    let others =
        json!([{ "text": "https://shop.example/item", "kind": "foreign_link", "host": "shop.example" }]);
    assert_eq!(answer["picture"]["other_codes"], others);
}

#[tokio::test]
async fn what_cannot_be_read_says_what_to_do() {
    let service = Service::start().await;
    let mut blank = Cursor::new(Vec::new());
    let white = GrayImage::from_pixel(300, 300, Luma([255]));
    DynamicImage::ImageLuma8(white).write_to(&mut blank, ImageFormat::Png).unwrap();
    let mut bomb = blank.get_ref().clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let (form_media, no_field) = form("picture", blank.get_ref());
    for (media, body, status, detail) in [
        (
            "image/png",
            blank.get_ref().clone(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "type the registration number",
        ),
        ("image/png", b"GIF89a".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "PNG, JPEG or WebP"),
        ("text/plain", blank.get_ref().clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "PNG, JPEG or WebP"),
        (form_media.as_str(), no_field, StatusCode::BAD_REQUEST, "no field `image`"),
        ("image/png", blank.get_ref()[..40].to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "damaged"),
    ] {
        let answer = service.post("/v1/verify/image", media, body).await;
        let told = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(answer.status == status && told.contains(detail), "{media}: {} {told}", answer.status);
    }
    // Its checksum is wrong too; either way it is refused before anything of that size is made.
    let bombed = service.post("/v1/verify/image", "image/png", bomb).await.status;
    assert!([StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNPROCESSABLE_ENTITY].contains(&bombed), "{bombed}");
}

#[tokio::test]
async fn a_picture_without_a_place_in_the_queue_is_not_read() {
    let service = Service::start_with(|state| state.decoders = Decoders::new(0), vec![]).await;
    let answer = service.post("/v1/verify/image", "image/png", "x").await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
}
