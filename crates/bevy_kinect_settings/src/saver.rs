//! The thread that reads and writes files. The app hands it tasks and takes its answers; it never waits for a disk.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bevy::prelude::*;

use crate::disk::{self, ReadError, SettingsFile};
use crate::model::{FormatError, Model};

/// How long the app's last update, and an app that is dropped, wait for the thread.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// A task of the thread.
#[derive(Debug)]
pub(crate) enum Task {
    /// Read the settings' file.
    Load,
    Save(Model),
    /// Copy the settings' file, parts of which cannot be used, before it is overwritten.
    CopyAside,
    Export(PathBuf, Model),
    Import(PathBuf),
}

/// The result of a task.
#[derive(Debug)]
pub(crate) enum Answer {
    Loaded(Loaded),
    Saved(Result<(), String>),
    CopiedAside(Result<PathBuf, String>),
    Exported(PathBuf, Result<(), String>),
    Imported(PathBuf, Result<Model, String>),
}

/// The settings' file.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) model: Model,
    /// Why the file could not be used.
    pub(crate) notice: Option<String>,
}

#[derive(Default)]
struct Desk {
    tasks: VecDeque<Task>,
    answers: VecDeque<Answer>,
    is_busy: bool,
    has_ended: bool,
}

#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The app's end of the thread. Dropping it ends the thread after its last task.
#[derive(Resource)]
pub(crate) struct Saver(Arc<Shared>);

impl Saver {
    /// Starts the thread for a settings file.
    pub(crate) fn start(path: &Path) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (thread, path) = (Arc::clone(&shared), path.to_owned());
        std::thread::Builder::new()
            .name("kinect settings".into())
            .spawn(move || Worker::new(&path).run(&thread))?;
        Ok(Self(shared))
    }

    pub(crate) fn ask(&self, task: Task) {
        self.0.desk().tasks.push_back(task);
        self.0.changed.notify_all();
    }

    pub(crate) fn has_answers(&self) -> bool {
        !self.0.desk().answers.is_empty()
    }

    pub(crate) fn take_answers(&self) -> VecDeque<Answer> {
        core::mem::take(&mut self.0.desk().answers)
    }

    /// Waits until all tasks are done, for the app's first and last update. `false` if the thread needs longer than this.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut desk = self.0.desk();
        while desk.is_busy || !desk.tasks.is_empty() {
            let Some(left) = end.checked_duration_since(Instant::now()) else {
                return false;
            };
            desk = self
                .0
                .changed
                .wait_timeout(desk, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(desk, _)| desk);
        }
        true
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.0.desk().has_ended = true;
        self.0.changed.notify_all();
        // The thread ends with the process, so its last task gets a moment.
        self.wait(PATIENCE);
    }
}

/// Does the tasks.
struct Worker {
    file: SettingsFile,
    path: PathBuf,
    /// The text that the file has, as far as this thread knows.
    text: Option<String>,
    /// Why the file must not be overwritten: it is no settings file and could not be moved aside. The reason is part of its next name.
    blocked: Option<String>,
}

impl Worker {
    fn new(path: &Path) -> Self {
        Self {
            file: SettingsFile::new(path),
            path: path.to_owned(),
            text: None,
            blocked: None,
        }
    }

    fn run(mut self, shared: &Shared) {
        let mut desk = shared.desk();
        loop {
            if let Some(task) = desk.tasks.pop_front() {
                // Of several saves only the last one matters.
                let is_outdated = matches!(task, Task::Save(_))
                    && desk.tasks.iter().any(|task| matches!(task, Task::Save(_)));
                if is_outdated {
                    continue;
                }
                desk.is_busy = true;
                drop(desk);
                let answer = self.perform(task);
                desk = shared.desk();
                desk.is_busy = false;
                desk.answers.push_back(answer);
                shared.changed.notify_all();
            } else if desk.has_ended {
                return;
            } else {
                desk = shared
                    .changed
                    .wait(desk)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn perform(&mut self, task: Task) -> Answer {
        match task {
            Task::Load => Answer::Loaded(self.load()),
            Task::Save(model) => Answer::Saved(self.save(&model)),
            Task::CopyAside => Answer::CopiedAside(self.file.copy_aside("partly-damaged")),
            Task::Export(path, model) => {
                let result = disk::replace(&path, &model.text()).map_err(|error| error.to_string());
                Answer::Exported(path, result)
            }
            Task::Import(path) => {
                let result = import(&path);
                Answer::Imported(path, result)
            }
        }
    }

    fn load(&mut self) -> Loaded {
        let (reason, why) = match self.file.read() {
            Ok(None) => return Loaded::default(),
            Ok(Some(text)) => match Model::parse(&text) {
                Ok(model) => {
                    self.text = Some(text);
                    return Loaded {
                        model,
                        notice: None,
                    };
                }
                Err(FormatError::Newer(version)) => {
                    (format!("version-{version}"), newer(&self.path, version))
                }
                Err(FormatError::Damaged(error)) => {
                    ("damaged".to_owned(), damaged(&self.path, &error))
                }
            },
            Err(ReadError::Damaged(why)) => ("damaged".to_owned(), why),
            Err(ReadError::Unreadable(why)) => ("unreadable".to_owned(), why),
        };
        let kept = match self.file.move_aside(&reason) {
            Ok(kept) => format!("the file was kept as {}", kept.display()),
            Err(error) => {
                self.blocked = Some(reason);
                error
            }
        };
        Loaded {
            model: Model::default(),
            notice: Some(format!("{why}; {kept}; the app's own settings are used")),
        }
    }

    fn save(&mut self, model: &Model) -> Result<(), String> {
        if let Some(reason) = &self.blocked {
            if self.path.exists() {
                self.file.move_aside(reason)?;
            }
            self.blocked = None;
        }
        let text = model.text();
        if self.text.as_ref() == Some(&text) && self.path.exists() {
            return Ok(());
        }
        self.file.write(&text)?;
        self.text = Some(text);
        Ok(())
    }
}

fn import(path: &Path) -> Result<Model, String> {
    let text = match disk::read(path) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(format!("there is no file {}", path.display())),
        Err(ReadError::Unreadable(why) | ReadError::Damaged(why)) => return Err(why),
    };
    Model::parse(&text).map_err(|error| match error {
        FormatError::Newer(version) => newer(path, version),
        FormatError::Damaged(error) => damaged(path, &error),
    })
}

fn newer(path: &Path, version: u32) -> String {
    format!(
        "{} has version {version} of the format, which this program does not know",
        path.display()
    )
}

fn damaged(path: &Path, error: &str) -> String {
    format!(
        "{} is not a settings file, or is damaged: {error}",
        path.display()
    )
}
