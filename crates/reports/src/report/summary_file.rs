//! `summary.csv`: each dataset and condition, a column of the table of runs at a time.

use statistics::Defined;

use crate::analysis::Analysis;
use crate::estimates::{Summary, beside_summaries, summarise};
use crate::runs::Measure;
use crate::table::RunTable;

/// `summary.csv` of a table of runs: what is analysed, and the other columns of losses, accuracy and epochs, one after the other.
pub fn summary_csv(table: &RunTable) -> Vec<u8> {
    let (main, beside) = (summarise(table), beside_summaries(table));
    let main = std::iter::once((&table.reading.measure, &main[..]));
    csv(main.chain(beside.iter().map(|(measure, summaries)| (measure, &summaries[..]))))
}

/// `summary.csv` of an analysis.
pub(crate) fn of_analysis(analysis: &Analysis) -> Vec<u8> {
    let main = std::iter::once((&analysis.measure, &analysis.summaries[..]));
    csv(main.chain(analysis.beside.iter().map(|beside| (&beside.measure, &beside.summaries[..]))))
}

/// A number that is not defined is an empty cell.
fn csv<'a>(columns: impl Iterator<Item = (&'a Measure, &'a [Summary])>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "dataset",
        "condition",
        "n",
        "failed",
        "mean",
        "std",
        "mean_ci95_low",
        "mean_ci95_high",
        "mean_bca95_low",
        "mean_bca95_high",
        "median",
        "interquartile_mean",
        "min",
        "max",
        "value",
    ];
    writer.write_record(header).expect("writing to memory does not fail");
    for (measure, summaries) in columns {
        for summary in summaries {
            writer.write_record(cells(summary, &measure.column)).expect("writing to memory does not fail");
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn cells(s: &Summary, value: &str) -> [String; 15] {
    let number = |value: Defined<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    [
        s.dataset.clone(),
        s.condition.clone(),
        s.n.to_string(),
        s.failed.to_string(),
        number(s.mean),
        number(s.std),
        number(s.mean_interval.map(|i| i.low)),
        number(s.mean_interval.map(|i| i.high)),
        number(s.bootstrap_interval.map(|i| i.low)),
        number(s.bootstrap_interval.map(|i| i.high)),
        number(s.median),
        number(s.interquartile_mean),
        number(s.min),
        number(s.max),
        value.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_follows_the_other() {
        let text = "dataset,condition,seed,test_loss,test_accuracy\nmnist,\"[No, No]\",0,1.0,0.25\n";
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        assert_eq!(
            String::from_utf8(summary_csv(&table)).unwrap(),
            "dataset,condition,n,failed,mean,std,mean_ci95_low,mean_ci95_high,mean_bca95_low,mean_bca95_high,median,\
             interquartile_mean,min,max,value\n\
             mnist,\"[No, No]\",1,0,1,,,,,,1,1,1,1,test_loss\n\
             mnist,\"[No, No]\",1,0,0.25,,,,,,0.25,0.25,0.25,0.25,test_accuracy\n"
        );
        assert_eq!(summary_csv(&table), of_analysis(&Analysis::of("x", None, &table, None)));
    }
}
