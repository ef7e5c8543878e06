// Values in the vendor's format: its JSON of numbers and state trees, and its clock.

import { isClock } from "./truth.mjs";

/** Stat Server's numbers for its states. */
const NUMBERS = {
    WaitForNextCall: 4, OffHook: 5, CallDialing: 6, CallRinging: 7, NotReadyForNextCall: 8,
    AfterCallWork: 9, CallOnHold: 13, CallUnknown: 18, CallConsult: 19, CallInternal: 20,
    CallOutbound: 21, CallInbound: 22, LoggedOut: 23,
};

/** Returns a figure's value with its time; `ahead` is the vendor's clock error in ms. */
export function readValue(figure, ahead, now = Date.now()) {
    return { value: value(figure, ahead, now), timestamp: figure.at + ahead };
}

/** The same, but computed now, on request. */
export function computeValue(figure, ahead) {
    figure.at = Math.max(Date.now(), figure.at + 1);
    return readValue(figure, ahead);
}

function value(figure, ahead, now) {
    if (!figure.isValid) return null;
    if (figure.kind === "state") return tree(figure, ahead);
    const number = isClock(figure) ? seconds(figure.since, now) : figure.value;
    return formatNumber(number, figure, ahead);
}

function seconds(since, now) {
    return since === null ? 0 : Math.floor((now - since) / 1000);
}

function formatNumber(number, figure, ahead) {
    switch (figure.format % 4) {
        case 1: return number;
        case 2: return String(number);
        default: return {
            intervalLength: 0, tag: -1, stringValue: String(number),
            timestamp: figure.at + ahead, intValue: Math.trunc(number),
        };
    }
}

/** Returns an agent's state tree. Every second one has numbers instead of names. */
function tree(figure, ahead) {
    const { object, value: state, reason } = figure;
    const time = Math.floor((figure.since + ahead) / 1000);
    const status = figure.format % 2 ? NUMBERS[state] : state;
    const agent = { agentId: object, loginId: `8${object}`, status, time };
    if (state === "LoggedOut") return { ...agent, place: null };
    const action = { action: status, time };
    if (reason) action.reasons = { ReasonCode: reason };
    const ready = figure.format % 2 ? NUMBERS.WaitForNextCall : "WaitForNextCall";
    const line = { switchId: "SIP_Switch", gswDnTypes: 1, time };
    const idle = { ...line, dnId: "7999", dnStatus: ready, actions: [] };
    const busy = { ...line, dnId: "7001", dnStatus: status, actions: [action] };
    return {
        ...agent,
        place: { placeId: `P_${object}`, placeStatus: status, time, dnStatuses: [idle, busy] },
    };
}
