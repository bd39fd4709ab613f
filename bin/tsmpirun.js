#!/usr/bin/env node
import { main } from "../dist/tsmpirun.js";
process.exit(await main(process.argv.slice(2)));
