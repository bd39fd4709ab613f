/** The command that starters run on other hosts. Loads nothing of the command line's. */
import { agentMain } from "@tsmpi/launcher";
import { version } from "./version.js";

process.exit(await agentMain(process.argv.slice(2), version()));
