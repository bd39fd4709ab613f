#!/usr/bin/env node
import { main } from "../dist/tsmpirun.js";
process.exitCode = await main(process.argv.slice(2));
