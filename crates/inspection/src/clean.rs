//! `inspect clean`: dropping weights that nothing needs.

use clap::Args;
use counted::counted;
use sequence::plans;

use crate::common::StoreArgument;
use crate::error::InspectError;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    store: StoreArgument,

    /// Say what would be deleted; delete nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let store = arguments.store.open()?;
    let (needed, unfinished) = plans::still_needed(&store)?;
    for plan in &unfinished {
        terminal::out(format_args!("Unfinished: {plan}. The weights it goes on from stay."));
    }
    let (mut stages, mut bytes) = (0, 0);
    for id in store.stages()? {
        if needed.contains(&id) || !store.has_weights(id) {
            continue;
        }
        stages += 1;
        bytes += if arguments.dry_run { store.weights_bytes(id)? } else { store.drop_weights(id)? };
    }
    let (would, megabytes) = (if arguments.dry_run { "Would delete" } else { "Deleted" }, bytes as f64 / 1e6);
    if !arguments.dry_run {
        let left = store.clear_temporary()?;
        if left > 0 {
            terminal::out(format_args!("Deleted {} that killed processes left half-written.", counted(left, "item")));
        }
    }
    terminal::out(format_args!(
        "{would} the weights of {} ({megabytes:.1} MB). Records and epoch logs stay.",
        counted(stages, "stage")
    ));
    Ok(())
}
