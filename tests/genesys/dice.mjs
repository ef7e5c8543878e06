// Random numbers, reproducible by seed (mulberry32).

export class Dice {
    constructor(seed) {
        this.state = seed >>> 0;
    }

    /** Returns a number from 0 to below 1. */
    roll() {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let t = this.state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }

    below(n) {
        return Math.floor(this.roll() * n);
    }

    one(list) {
        return list[this.below(list.length)];
    }

    happens(share) {
        return share > 0 && this.roll() < share;
    }
}
