namespace UserManagement.Ui.Parts;

/// <summary>The pictures of <see cref="Icon"/>, all drawn for this product on a 16 by 16 grid.</summary>
public enum IconName
{
    /// <summary>A triangle with a mark: something needs care.</summary>
    Alert,

    /// <summary>A written sheet: the audit log.</summary>
    Audit,

    /// <summary>An arrow to the start of the line.</summary>
    Back,

    /// <summary>A crossed circle: suspended, not allowed.</summary>
    Ban,

    /// <summary>A tick.</summary>
    Check,

    /// <summary>An angle pointing down: opens a list.</summary>
    Chevron,

    /// <summary>An angle pointing to the end of the line: next.</summary>
    ChevronEnd,

    /// <summary>An angle pointing to the start of the line: previous.</summary>
    ChevronStart,

    /// <summary>A clock face.</summary>
    Clock,

    /// <summary>A cross.</summary>
    Close,

    /// <summary>Two sheets.</summary>
    Copy,

    /// <summary>A tree of three boxes: the outside directory.</summary>
    Directory,

    /// <summary>An arrow into a tray.</summary>
    Download,

    /// <summary>A pencil.</summary>
    Edit,

    /// <summary>An arrow leaving a box: another site.</summary>
    External,

    /// <summary>An eye: show.</summary>
    Eye,

    /// <summary>Three shrinking lines.</summary>
    Filter,

    /// <summary>Overlapping circles: a group.</summary>
    Group,

    /// <summary>A house.</summary>
    Home,

    /// <summary>An i in a circle.</summary>
    Info,

    /// <summary>A key: tokens and secrets.</summary>
    Key,

    /// <summary>Two joined links.</summary>
    Link,

    /// <summary>An arrow leaving a door: sign out.</summary>
    Logout,

    /// <summary>An envelope.</summary>
    Mail,

    /// <summary>Three lines: opens the navigation.</summary>
    Menu,

    /// <summary>A moon: dark.</summary>
    Moon,

    /// <summary>Three dots: more acts.</summary>
    More,

    /// <summary>Two heads: members.</summary>
    People,

    /// <summary>One head.</summary>
    Person,

    /// <summary>A plus: add.</summary>
    Plus,

    /// <summary>A nearly closed arrow: again.</summary>
    Refresh,

    /// <summary>A magnifier.</summary>
    Search,

    /// <summary>A chair: licensed seats.</summary>
    Seat,

    /// <summary>Two sliders.</summary>
    Settings,

    /// <summary>A shield: roles and rights.</summary>
    Shield,

    /// <summary>A sun: light.</summary>
    Sun,

    /// <summary>Two opposite arrows: switch.</summary>
    Swap,

    /// <summary>A screen: as the system says.</summary>
    System,

    /// <summary>A bin: remove.</summary>
    Trash,

    /// <summary>A mark in a circle: look here.</summary>
    Warning,
}
