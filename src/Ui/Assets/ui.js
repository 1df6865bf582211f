// The one script of every page. Each module stands alone and does nothing when its elements are absent.
import "./theme.js";
import "./menu.js";
import "./dialog.js";
import "./copy.js";
import "./password.js";
import "./time.js";
import "./countdown.js";
import "./live-search.js";
import "./filters.js";
import "./passkey.js";
import "./save.js";
import "./bulk.js";
import "./entries.js";
import "./command.js";
import "./file-size.js";
import "./submit-once.js";
