//! Every layout of `npu-smi` that has been seen is understood; whatever is cut or damaged is no reason to fail.

use ascend_hwtest::smi::{Board, Chip, Info, Map, Refusal, Topo, Usage};
use ascend_hwtest::version::{Version, fields};
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/npu-smi");

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{name}")).unwrap()
}

fn info(name: &str) -> Info {
    let info = Info::parse(&fixture(name));
    assert!(info.unparsed.is_empty(), "{name}: {:?}", info.unparsed);
    info
}

const fn usage(used: u64, total: u64) -> Option<Usage> {
    Some(Usage { used, total })
}

/// A device's numbers, name, health and bus id.
type Named<'a> = (Option<u32>, Option<u32>, Option<u32>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn named(chip: &Chip) -> Named<'_> {
    (chip.npu, chip.chip, chip.physical, chip.name.as_deref(), chip.health.as_deref(), chip.bus.as_deref())
}

#[test]
fn an_a2_has_one_chip_a_card_and_a_ratio_may_lack_its_blank() {
    let info = info("info_a2_910b3_25.3.txt");
    assert_eq!((info.tool.as_deref(), info.driver.as_deref()), (Some("25.3.rc1"), Some("25.3.rc1")));
    assert_eq!(info.chips.len(), 2);
    let second = &info.chips[1];
    assert_eq!(named(second), (Some(1), Some(0), None, Some("910B3"), Some("Warning"), Some("0000:C2:00.0")));
    assert_eq!((second.hbm, second.memory), (usage(41012, 65536), usage(0, 0)));
    assert_eq!((second.power, second.temperature, second.busy), (Some(93.7), Some(61.0), Some(37.0)));
    assert_eq!(second.used(), usage(41012, 65536));
    let process = &info.processes[0];
    assert_eq!((process.npu, process.chip, process.pid, process.mib), (Some(1), Some(0), 4711, Some(37650)));
    assert_eq!((process.name.as_deref(), process.in_container), (Some("python"), None));
}

#[test]
fn an_a3_has_two_dies_a_card_whose_second_has_no_power() {
    let info = info("info_a3_910_24.1.rc3.txt");
    assert_eq!(info.chips.len(), 4);
    let (first, second) = (&info.chips[0], &info.chips[1]);
    assert_eq!((first.npu, first.chip, first.physical, first.power), (Some(6), Some(0), Some(12), Some(181.4)));
    assert_eq!((second.npu, second.chip, second.physical, second.power), (Some(6), Some(1), Some(13), None));
    assert_eq!(info.at("0000:83:00.0").map(|chip| chip.hbm), Some(usage(30211, 65536)));
    assert_eq!((info.processes[0].pid, info.processes[0].name.as_deref()), (90210, None)); // an empty name is none
}

#[test]
fn driver_26_adds_a_column_for_pids_in_containers() {
    let info = info("info_a3_910_26.0.rc2.txt");
    assert_eq!(info.chips.iter().map(|chip| chip.physical).collect::<Vec<_>>(), [Some(0), Some(1)]);
    let process = &info.processes[0];
    assert_eq!((process.pid, process.mib, process.in_container), (632_001, Some(197), None));
    assert_eq!(process.name.as_deref(), Some("python3.1"));
}

#[test]
fn a_950_has_a_column_of_its_own_for_the_id() {
    let info = info("info_a5_950pr_25.7.txt");
    let only = &info.chips[0];
    assert_eq!(named(only), (Some(0), None, None, Some("Ascend950PR"), Some("OK"), Some("0000:61:00.0")));
    assert_eq!((only.hbm, only.busy), (usage(5240, 131_072), Some(0.0)));
    let process = &info.processes[0];
    assert_eq!((process.npu, process.pid, process.in_container, process.mib), (Some(0), 1001, Some(17), Some(256)));
}

#[test]
fn a_310p_has_no_high_bandwidth_memory() {
    let info = info("info_310p_22.0.txt");
    assert_eq!((info.tool.as_deref(), info.driver.as_deref()), (Some("22.0.0"), Some("22.0.2")));
    assert_eq!((info.chips[0].hbm, info.chips[0].used()), (None, usage(990, 21534)));
    assert_eq!(info.chips[0].chip, Some(0));
}

#[test]
fn maps_have_three_headers_and_controllers_are_left_out() {
    let numbers = |name: &str| {
        let map = Map::parse(&fixture(name));
        assert!(map.unparsed.is_empty(), "{name}: {:?}", map.unparsed);
        map.rows.iter().map(|row| (row.npu, row.chip, row.logic, row.physical)).collect::<Vec<_>>()
    };
    assert_eq!(numbers("map_a2.txt"), [(Some(0), Some(0), Some(0), None), (Some(1), Some(0), Some(1), None)]);
    assert_eq!(numbers("map_a3.txt"), [(Some(0), Some(0), Some(0), Some(0)), (Some(0), Some(1), Some(1), Some(1)),]);
    assert_eq!(numbers("map_a5.txt"), [(Some(0), Some(0), Some(0), Some(0))]);
    assert_eq!(
        Map::parse(&fixture("map_a2.txt")).logic(1).and_then(|row| row.name.clone()).as_deref(),
        Some("Ascend 910B3")
    );
}

#[test]
fn a_board_names_the_soc_in_three_ways() {
    let soc = |name: &str| Board::parse(&fixture(name)).soc();
    assert_eq!(soc("board_a2.txt").as_deref(), Some("Ascend910B4"));
    assert_eq!(soc("board_a3.txt").as_deref(), Some("Ascend910_9392"));
    assert_eq!(soc("board_a5.txt").as_deref(), Some("Ascend950PR_9579"));
    assert_eq!(Board::parse(&fixture("board_a2.txt")).get("Firmware Version"), None); // NA is none
}

#[test]
fn links_are_found_by_whole_names() {
    let topo = Topo::parse(&fixture("topo_a3_SYNTHETIC.txt"));
    assert!(topo.physical && topo.unparsed.is_empty(), "{topo:?}");
    assert_eq!([topo.link(0, 1), topo.link(0, 3), topo.link(2, 2)], [Some("SIO"), Some("HCCS_SW"), None]);
    let topo = Topo::parse(&fixture("topo_a2.txt"));
    assert!(!topo.physical && topo.unparsed.is_empty(), "{topo:?}");
    assert_eq!((topo.link(3, 0), topo.links.len()), (Some("HCCS"), 12));
    let many = Topo::parse("Phy-ID1 Phy-ID12\nPhy-ID1 X SIO\nPhy-ID12 SYS X\n");
    assert_eq!([many.link(1, 12), many.link(12, 1)], [Some("SIO"), Some("SYS")]);
    let json = serde_json::to_string(&topo).unwrap();
    assert_eq!(serde_json::from_str::<Topo>(&json).unwrap(), topo);
}

#[test]
fn refusals_are_told_by_their_code() {
    let code = |name: &str| Refusal::find(&fixture(name)).map(|refusal| refusal.code);
    assert_eq!([code("err_dcmi_8005.txt"), code("err_dcmi_8020.txt")], [Some(-8005), Some(-8020)]);
    assert_eq!(code("info_a2_910b3_25.3.txt"), None);
}

#[test]
fn a_layout_that_is_not_known_is_put_aside_and_the_rest_is_kept() {
    let text = fixture("info_a2_910b3_25.3.txt");
    let strange = text.replace("| 0     910B3               | OK ", "| zero  910B3               | OK ");
    let info = Info::parse(&strange);
    assert_eq!((info.chips.len(), info.processes.len()), (1, 1));
    assert_eq!(info.unparsed.len(), 2); // both rows of that device
    let more = text
        .replace("| 0           0    / 0          3402 / 65536 ", "| 0           0    / 0          3402 / 65536 new ");
    let info = Info::parse(&more);
    assert_eq!((info.chips.len(), info.unparsed.len()), (2, 1));
    assert_eq!(info.chips[0].hbm, usage(3402, 65536));
    assert_eq!(Info::parse("command not found\n").unparsed, ["command not found"]);
    assert_eq!(Map::parse("no header\n").unparsed, ["no header"]);
}

/// Everything that reads foreign text.
fn read_all(text: &str) -> (Info, Map, Topo, Board) {
    let _ = (Refusal::find(text), fields(text), Version::parse(text));
    let board = Board::parse(text);
    let _ = board.soc();
    (Info::parse(text), Map::parse(text), Topo::parse(text), board)
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap())
    };
    let mut corpus: Vec<_> = entries.map(read).collect();
    corpus.sort();
    corpus
}

/// Whether everything that is known of a device is known of the other one, too, and is the same.
fn is_part(cut: &Chip, whole: &Chip) -> bool {
    let (cut, whole) = (serde_json::to_value(cut).unwrap(), serde_json::to_value(whole).unwrap());
    cut.as_object().unwrap().iter().all(|(name, value)| value.is_null() || *value == whole[name])
}

#[test]
fn a_text_that_is_cut_at_any_byte_says_nothing_that_the_whole_does_not_say() {
    for (name, bytes) in corpus() {
        let (info, map, topo, board) = read_all(&String::from_utf8_lossy(&bytes));
        for end in 0..bytes.len() {
            let text = String::from_utf8_lossy(&bytes[..end]);
            let cut = read_all(&text);
            for chip in &cut.0.chips {
                assert!(info.chips.iter().any(|whole| is_part(chip, whole)), "{name} at {end}: {chip:?}");
            }
            for process in &cut.0.processes {
                assert!(info.processes.iter().any(|whole| whole.pid == process.pid), "{name} at {end}: {process:?}");
            }
            assert!(cut.1.rows.iter().all(|row| map.rows.contains(row)), "{name} at {end}");
            assert!(cut.2.links.iter().all(|link| topo.links.get(link.0) == Some(link.1)), "{name} at {end}");
            assert!(cut.3.values.iter().all(|pair| board.values.get(pair.0) == Some(pair.1)), "{name} at {end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_text_is_read_without_a_panic(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let corpus = corpus();
        let mut bytes = corpus[which.index(corpus.len())].1.clone();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[ |+=/:.\\-\tA-Za-z0-9é\n]{0,400}") {
        read_all(&text);
    }

    #[test]
    fn lines_of_several_layouts_in_any_order_are_read_without_a_panic(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..60),
    ) {
        let corpus = corpus();
        let line = |(which, at): (prop::sample::Index, prop::sample::Index)| {
            let text = String::from_utf8_lossy(&corpus[which.index(corpus.len())].1).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            lines[at.index(lines.len())].to_owned() + "\n"
        };
        read_all(&picks.into_iter().map(line).collect::<String>());
    }
}
