//! Machines of a cluster: each has a node, lines to NATS and to the broker, and a clock, and each of
//! these can fail by itself.

use futures_util::future::join_all;

use super::{
    Broker, NetworkCondition, Nodes, Proxy, VngageSource, Wallboard, clock::WallClock,
    nodes::cluster_section, ports,
};

/// A fault of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineFault {
    /// Its processes stand still, and its kernel works.
    Hang,
    /// It is silent from one moment to the next: nobody is told.
    PowerLoss,
    /// Its network is gone, and others are told.
    Cut,
    /// Its process ends.
    Kill,
}

#[derive(Debug)]
pub struct Machines {
    pub nodes: Nodes,
    lines: Vec<[Proxy; 2]>,
    pub clocks: Vec<WallClock>,
    faults: Vec<Option<MachineFault>>,
}

impl Machines {
    /// Starts a machine for each NATS server's port, with further lines for each `[cluster]`.
    pub async fn start(
        broker: &Broker,
        source: &VngageSource,
        nats_ports: &[u16],
        lines: &str,
    ) -> Self {
        let starting = nats_ports.iter().enumerate().map(async |(number, nats)| {
            let proxies = [Proxy::to(*nats).await, Proxy::to(broker.plain_port).await];
            let [to_nats, to_broker] = &proxies;
            let url = format!("nats://127.0.0.1:{}", to_nats.port);
            let source = source.clone().via_proxy(to_broker.port);
            let (port, clock) = (ports::free(), WallClock::new());
            let section = cluster_section(number, &[&url]) + lines;
            let configuration = format!("{}{section}", source.configuration(port, port));
            let boards = source.boards.iter();
            let boards: Vec<_> = boards
                .map(|(name, text)| (format!("boards/{name}"), text.clone()))
                .collect();
            let boards: Vec<_> = boards
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            let environment = [source.environment(), clock.environment()].concat();
            let node = Wallboard::start(&configuration, port, &boards, environment).await;
            (node, proxies, clock)
        });
        let (mut nodes, mut lines, mut clocks) = (Vec::new(), Vec::new(), Vec::new());
        for (node, proxies, clock) in join_all(starting).await {
            nodes.push(node);
            lines.push(proxies);
            clocks.push(clock);
        }
        let nodes = Nodes(nodes);
        nodes.wait_until_live().await;
        Self {
            faults: vec![None; nodes.0.len()],
            nodes,
            lines,
            clocks,
        }
    }

    /// The nodes without a fault.
    pub fn alive(&self) -> Vec<&Wallboard> {
        let nodes = self.nodes.0.iter().zip(&self.faults);
        let alive = nodes.filter(|(_, fault)| fault.is_none());
        alive.map(|(node, _)| node).collect()
    }

    pub fn cause(&mut self, machine: usize, fault: MachineFault) {
        self.faults[machine] = Some(fault);
        match fault {
            MachineFault::Hang => self.nodes.0[machine].signal("-STOP"),
            MachineFault::PowerLoss => {
                self.set_lines(machine, NetworkCondition::Silent);
                self.nodes.0[machine].signal("-STOP");
            }
            MachineFault::Cut => {
                self.set_lines(machine, NetworkCondition::Refusing);
                self.cut_lines(machine);
            }
            MachineFault::Kill => self.nodes.0[machine].stop("-KILL"),
        }
    }

    /// Ends a machine's fault: power comes back to an empty memory.
    pub async fn repair(&mut self, machine: usize) {
        let Some(fault) = self.faults[machine].take() else {
            return;
        };
        if fault == MachineFault::PowerLoss {
            self.nodes.0[machine].stop("-KILL");
            self.cut_lines(machine);
        }
        self.set_lines(machine, NetworkCondition::Normal);
        match fault {
            MachineFault::Hang => self.nodes.0[machine].signal("-CONT"),
            MachineFault::Cut => {}
            MachineFault::PowerLoss | MachineFault::Kill => {
                self.nodes.0[machine].start_again().await;
            }
        }
    }

    fn set_lines(&self, machine: usize, condition: NetworkCondition) {
        for line in &self.lines[machine] {
            line.set(condition);
        }
    }

    fn cut_lines(&self, machine: usize) {
        self.lines[machine].iter().for_each(Proxy::cut);
    }
}
