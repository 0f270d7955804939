//! A body that is translated as it is read.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame};
use tower::BoxError;

use super::{Broken, frames::Frames, lines::Lines, list::List, page::Page, status::Failure};
use crate::{
    objects::Kind,
    watch::{
        health::Reason,
        link::{Link, Watching},
    },
};

/// How one body is translated.
#[derive(Debug)]
pub(super) enum Work<K> {
    Frames(Frames<K>),
    Lines(Lines<K>),
    List(List<K>),
    Page(Page<K>),
    Failure(Failure),
    /// Not at all.
    Pass,
}

impl<K: Kind> Work<K> {
    fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        match self {
            Self::Frames(frames) => frames.feed(chunk, out),
            Self::Lines(lines) => lines.feed(chunk, out),
            Self::List(list) => list.feed(chunk, out),
            Self::Page(page) => page.feed(chunk),
            Self::Failure(failure) => {
                failure.feed(chunk);
                Ok(())
            }
            Self::Pass => {
                out.extend_from_slice(chunk);
                Ok(())
            }
        }
    }

    fn finish(&mut self, link: &Link, out: &mut Vec<u8>) -> Result<(), Broken> {
        match self {
            Self::Frames(frames) => frames.finish(),
            Self::Lines(lines) => lines.finish(out),
            Self::List(list) => return list.finish(out),
            Self::Page(page) => page.finish(out),
            Self::Failure(failure) => {
                if let Some(seconds) = failure.finish(out).and_then(|status| status.retry_after()) {
                    link.retry_after(seconds);
                }
            }
            Self::Pass => {}
        }
        Ok(())
    }
}

/// How much of a body is left.
#[derive(Debug)]
enum Rest {
    Open,
    /// The fault that ends it, once what came before it is out.
    Fault(Broken),
    Nothing,
}

pin_project_lite::pin_project! {
    /// The body of an answer, as kube is to read it.
    #[derive(Debug)]
    pub struct Translated<B, K> {
        #[pin]
        inner: B,
        work: Work<K>,
        rest: Rest,
        link: Arc<Link>,
        // While it is an open watch.
        watching: Option<Watching>,
    }
}

impl<B, K> Translated<B, K> {
    pub(super) fn new(inner: B, work: Work<K>, link: Arc<Link>, watching: Option<Watching>) -> Self {
        Self { inner, work, rest: Rest::Open, link, watching }
    }
}

impl<B, K> Body for Translated<B, K>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    K: Kind,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut me = self.project();
        loop {
            match me.rest {
                Rest::Open => {}
                Rest::Fault(fault) => {
                    let fault = *fault;
                    *me.rest = Rest::Nothing;
                    *me.watching = None;
                    return Poll::Ready(Some(Err(fault.into())));
                }
                Rest::Nothing => return Poll::Ready(None),
            }
            let mut out = Vec::new();
            let fault = match ready!(me.inner.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => {
                    let Ok(chunk) = frame.into_data() else { continue }; // trailers
                    if !matches!(me.work, Work::Failure(_)) {
                        me.link.health().touch();
                    }
                    me.work.feed(&chunk, &mut out)
                }
                None => {
                    *me.rest = Rest::Nothing;
                    me.work.finish(me.link, &mut out)
                }
                Some(Err(error)) => {
                    *me.rest = Rest::Nothing;
                    let watch = me.watching.take().is_some();
                    let error: BoxError = error.into();
                    if !watch {
                        return Poll::Ready(Some(Err(error)));
                    }
                    // For kube the end of a watch is an everyday thing after which it resumes; an error is not.
                    tracing::debug!(resource = me.link.health().resource(), error, "watch cut");
                    me.link.health().failed(Reason::Transport, &error.to_string());
                    Ok(())
                }
            };
            if let Err(fault) = fault {
                *me.rest = Rest::Fault(fault);
            }
            if matches!(me.rest, Rest::Nothing) {
                *me.watching = None;
            }
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(out.into()))));
            }
        }
    }
}
