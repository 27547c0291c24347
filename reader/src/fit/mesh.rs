//! One map for each field between four alignment patterns: a large code on a bottle is not flat.

use super::{
    Map,
    alignment::{Area, best},
    homography::{Anchor, Homography},
};
use crate::{
    gray::Gray,
    point::Point,
    symbol::{Version, alignment},
};

/// Below this contrast, in gray levels, a pattern is taken to be where its neighbours say.
const LEAST_SCORE: f32 = 4.0;

/// A code's modules mapped field by field.
pub(crate) struct Mesh<'a, M> {
    /// For fields whose corners fix no map of their own.
    whole: &'a M,
    /// Middles of the alignment patterns along a side, in modules.
    lines: Vec<f64>,
    /// By rows.
    fields: Vec<Option<Homography>>,
}

impl<'a, M: Map> Mesh<'a, M> {
    /// Looks for every alignment pattern near where `map` has it, each with what its neighbours were off.
    pub(crate) fn new(gray: &Gray, map: &'a M, version: Version) -> Self {
        let lines: Vec<f64> =
            alignment::coordinates(version).iter().map(|&middle| middle as f64 + 0.5).collect();
        let knots = knots(gray, map, &lines);
        let side = version.side() as f64;
        let count = lines.len();
        let mut fields = Vec::with_capacity(count * count);
        for row in 0..count.saturating_sub(1) {
            for column in 0..count - 1 {
                let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
                let anchors = corners.map(|(column, row)| Anchor {
                    u: lines[column],
                    v: lines[row],
                    pixel: knots[row * count + column],
                    weight: 1.0,
                });
                fields.push(Homography::fit(&anchors, side));
            }
        }
        Self { whole: map, lines, fields }
    }

    /// Which field a coordinate falls in; the outer ones go on to the code's edge.
    fn field(&self, along: f64) -> usize {
        let inner = &self.lines[1..self.lines.len() - 1];
        inner.iter().take_while(|line| along > **line).count()
    }
}

impl<M: Map> Map for Mesh<'_, M> {
    fn at(&self, u: f64, v: f64) -> Point {
        let columns = self.lines.len() - 1;
        match &self.fields[self.field(v) * columns + self.field(u)] {
            Some(field) => field.at(u, v),
            None => self.whole.at(u, v),
        }
    }
}

/// Where the alignment patterns are in the picture, by rows.
fn knots(gray: &Gray, map: &impl Map, lines: &[f64]) -> Vec<Point> {
    let count = lines.len();
    let mut off: Vec<(f64, f64)> = Vec::with_capacity(count * count);
    for (row, &v) in lines.iter().enumerate() {
        for (column, &u) in lines.iter().enumerate() {
            let expected = mean_of_neighbours(&off, column, row, count);
            let found = if alignment::is_finder(column, row, count) {
                None
            } else {
                locate(gray, map, u + expected.0, v + expected.1)
            };
            off.push(found.map_or(expected, |(found_u, found_v)| (found_u - u, found_v - v)));
        }
    }
    let middles = lines.iter().flat_map(|v| lines.iter().map(move |u| (u, v)));
    middles.zip(off).map(|((u, v), (du, dv))| map.at(u + du, v + dv)).collect()
}

fn locate(gray: &Gray, map: &impl Map, u: f64, v: f64) -> Option<(f64, f64)> {
    let rough =
        best(gray, map, Area { u, v, reach: 2.4, step: 0.4 }).filter(|seen| seen.score > LEAST_SCORE)?;
    let fine = best(gray, map, Area { u: rough.u, v: rough.v, reach: 0.3, step: 0.1 }).unwrap_or(rough);
    Some((fine.u, fine.v))
}

/// What the neighbours already looked for (left, above, and between) were off, on the mean.
fn mean_of_neighbours(off: &[(f64, f64)], column: usize, row: usize, count: usize) -> (f64, f64) {
    let (mut u, mut v, mut known) = (0.0, 0.0, 0.0);
    for (left, up) in [(1, 0), (0, 1), (1, 1)] {
        if column >= left && row >= up {
            let neighbour = off[(row - up) * count + column - left];
            u += neighbour.0;
            v += neighbour.1;
            known += 1.0;
        }
    }
    if known > 0.0 { (u / known, v / known) } else { (0.0, 0.0) }
}
