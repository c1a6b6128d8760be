//! gzip, bzip2 and xz: any number of members, one after the other, as `cat` and log rotation make them.
//!
//! The crates have readers for this, and three things about them are not good enough for logs. Zeros behind the last
//! member (tapes and block devices pad with them) are a broken member to them. Bytes behind it that are no member cannot
//! be told from damage. And when data is damaged, they drop what the failing call had decoded before it met the damage,
//! which may be a whole buffer of good lines. Hence this loop over their engines.

use std::io::{self, BufRead, Read};

use super::loss::Trailing;

/// A decoder of one member at a time.
pub(super) trait Engine {
    /// The first byte of a member.
    const MARK: u8;
    /// The length of a member's head; one that fails within it has not begun.
    const HEAD: u64;

    /// Makes ready for the next member, and sets the totals to zero.
    fn renew(&mut self) -> io::Result<()>;

    /// Decodes a piece. True at the end of the member.
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<bool>;

    /// Bytes read from and written for this member.
    fn totals(&self) -> (u64, u64);
}

pub(super) struct Gzip(flate2::Decompress);

impl Gzip {
    pub fn new() -> Gzip {
        Gzip(flate2::Decompress::new_gzip(15))
    }
}

impl Engine for Gzip {
    const MARK: u8 = 0x1f;
    const HEAD: u64 = 10;

    fn renew(&mut self) -> io::Result<()> {
        self.0.reset(true);
        Ok(())
    }

    fn run(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<bool> {
        let status = self.0.decompress(input, output, flate2::FlushDecompress::None)?;
        Ok(status == flate2::Status::StreamEnd)
    }

    fn totals(&self) -> (u64, u64) {
        (self.0.total_in(), self.0.total_out())
    }
}

pub(super) struct Bzip2(bzip2::Decompress);

impl Bzip2 {
    pub fn new() -> Bzip2 {
        Bzip2(bzip2::Decompress::new(false))
    }
}

impl Engine for Bzip2 {
    const MARK: u8 = b'B';
    const HEAD: u64 = 4;

    fn renew(&mut self) -> io::Result<()> {
        *self = Bzip2::new();
        Ok(())
    }

    fn run(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<bool> {
        Ok(self.0.decompress(input, output)? == bzip2::Status::StreamEnd)
    }

    fn totals(&self) -> (u64, u64) {
        (self.0.total_in(), self.0.total_out())
    }
}

pub(super) struct Xz {
    stream: liblzma::stream::Stream,
    memory: u64,
}

impl Xz {
    /// `memory`: bytes the decoder may ask for.
    pub fn new(memory: u64) -> io::Result<Xz> {
        Ok(Xz { stream: liblzma::stream::Stream::new_stream_decoder(memory, 0)?, memory })
    }
}

impl Engine for Xz {
    const MARK: u8 = 0xfd;
    const HEAD: u64 = 12;

    fn renew(&mut self) -> io::Result<()> {
        *self = Xz::new(self.memory)?;
        Ok(())
    }

    fn run(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<bool> {
        let status = self.stream.process(input, output, liblzma::stream::Action::Run)?;
        Ok(status == liblzma::stream::Status::StreamEnd)
    }

    fn totals(&self) -> (u64, u64) {
        (self.stream.total_in(), self.stream.total_out())
    }
}

/// All members, as one stream.
pub(super) struct Members<R, E> {
    input: R,
    engine: E,
    state: State,
    /// Comes after the bytes that were decoded before it.
    error: Option<io::Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Inside { first: bool },
    Between,
    End,
}

impl<R: BufRead, E: Engine> Members<R, E> {
    /// `input` stands at the beginning of a member.
    pub fn new(input: R, engine: E) -> Members<R, E> {
        Members { input, engine, state: State::Inside { first: true }, error: None }
    }

    /// Steps over padding to the next member.
    fn next_member(&mut self) -> io::Result<State> {
        loop {
            match self.input.fill_buf()? {
                [] => return Ok(State::End),
                [0, rest @ ..] => {
                    let zeros = 1 + rest.iter().take_while(|&&b| b == 0).count();
                    self.input.consume(zeros);
                }
                [first, ..] if *first == E::MARK => {
                    self.engine.renew()?;
                    return Ok(State::Inside { first: false });
                }
                _ => return Err(io::Error::new(io::ErrorKind::InvalidData, Trailing)),
            }
        }
    }

    fn fail(&mut self, error: io::Error) -> io::Result<usize> {
        self.state = State::End;
        Err(error)
    }
}

impl<R: BufRead, E: Engine> Read for Members<R, E> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        if let Some(error) = self.error.take() {
            return self.fail(error);
        }
        let mut stalls = 0;
        loop {
            let first = match self.state {
                State::End => return Ok(0),
                State::Inside { first } => first,
                State::Between => {
                    match self.next_member() {
                        Ok(state) => self.state = state,
                        Err(error) => return self.fail(error),
                    }
                    continue;
                }
            };
            let input = self.input.fill_buf()?;
            let end = input.is_empty();
            let before = self.engine.totals();
            let result = self.engine.run(input, buf);
            let (total_in, total_out) = self.engine.totals();
            let consumed = (total_in - before.0) as usize;
            let n = (total_out - before.1) as usize;
            self.input.consume(consumed);
            let error = match result {
                Ok(true) => {
                    self.state = State::Between;
                    None
                }
                Ok(false) if n > 0 || consumed > 0 => None,
                Ok(false) if end => Some(io::ErrorKind::UnexpectedEof.into()),
                // An engine may need a second call to notice that it cannot go on.
                Ok(false) if stalls < 2 => {
                    stalls += 1;
                    None
                }
                Ok(false) => Some(io::Error::new(io::ErrorKind::InvalidData, "no progress")),
                Err(_) if !first && total_out == 0 && total_in <= E::HEAD => {
                    Some(io::Error::new(io::ErrorKind::InvalidData, Trailing))
                }
                Err(error) => Some(error),
            };
            match error {
                Some(error) if n == 0 => return self.fail(error),
                error => self.error = error,
            }
            if n > 0 {
                return Ok(n);
            }
        }
    }
}
