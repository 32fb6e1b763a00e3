//! Skeletons as common tools name and build them. A line is a bone: its name, the bone above, its place, and the part of the
//! body that it is. `%` is the side.

/// A naming scheme.
pub(crate) struct Scheme {
    pub(crate) name: &'static str,
    /// How the sides are written.
    pub(crate) sides: [&'static str; 2],
    pub(crate) bones: &'static str,
    /// Twist bones, which a rig may have or not.
    pub(crate) twists: &'static str,
}

pub(crate) const ALL: [Scheme; 10] = [
    Scheme {
        name: "mixamo",
        sides: ["Left", "Right"],
        bones: "
mixamorig:Hips;;hips;hips
mixamorig:Spine;mixamorig:Hips;spine 1;
mixamorig:Spine1;mixamorig:Spine;spine 2;
mixamorig:Spine2;mixamorig:Spine1;spine 3;chest
mixamorig:Neck;mixamorig:Spine2;neck;neck
mixamorig:Head;mixamorig:Neck;head;head
mixamorig:HeadTop_End;mixamorig:Head;top;
mixamorig:%Shoulder;mixamorig:Spine2;clavicle;leftShoulder
mixamorig:%Arm;mixamorig:%Shoulder;upper arm;leftUpperArm
mixamorig:%ForeArm;mixamorig:%Arm;lower arm;leftLowerArm
mixamorig:%Hand;mixamorig:%ForeArm;hand;leftHand
mixamorig:%HandThumb1;mixamorig:%Hand;thumb;
mixamorig:%HandIndex1;mixamorig:%Hand;index;
mixamorig:%HandMiddle1;mixamorig:%Hand;middle;
mixamorig:%UpLeg;mixamorig:Hips;thigh;leftUpperLeg
mixamorig:%Leg;mixamorig:%UpLeg;calf;leftLowerLeg
mixamorig:%Foot;mixamorig:%Leg;foot;leftFoot
mixamorig:%ToeBase;mixamorig:%Foot;toes;leftToes
mixamorig:%Toe_End;mixamorig:%ToeBase;toe end;",
        twists: "
mixamorig:%ForeArmRoll;mixamorig:%ForeArm;lower arm 2;
mixamorig:%ArmRoll;mixamorig:%Arm;upper arm 2;",
    },
    Scheme {
        name: "unreal",
        sides: ["l", "r"],
        bones: "
root;;root;
pelvis;root;hips;hips
spine_01;pelvis;spine 1;
spine_02;spine_01;spine 2;
spine_03;spine_02;spine 3;chest
neck_01;spine_03;neck;neck
head;neck_01;head;head
clavicle_%;spine_03;clavicle;leftShoulder
upperarm_%;clavicle_%;upper arm;leftUpperArm
lowerarm_%;upperarm_%;lower arm;leftLowerArm
hand_%;lowerarm_%;hand;leftHand
index_01_%;hand_%;index;
middle_01_%;hand_%;middle;
thumb_01_%;hand_%;thumb;
thigh_%;pelvis;thigh;leftUpperLeg
calf_%;thigh_%;calf;leftLowerLeg
foot_%;calf_%;foot;leftFoot
ball_%;foot_%;toes;leftToes
ik_foot_root;root;root;
ik_foot_%;ik_foot_root;foot;
ik_hand_root;root;root;
ik_hand_%;ik_hand_root;hand;",
        twists: "
upperarm_twist_01_%;upperarm_%;upper arm;
lowerarm_twist_01_%;lowerarm_%;lower arm 2;
thigh_twist_01_%;thigh_%;thigh 2;
calf_twist_01_%;calf_%;calf 2;",
    },
    Scheme {
        name: "biped",
        sides: ["L", "R"],
        bones: "
Bip01;;hips;
Bip01 Pelvis;Bip01;hips;hips
Bip01 Spine;Bip01 Pelvis;spine 1;
Bip01 Spine1;Bip01 Spine;spine 2;
Bip01 Spine2;Bip01 Spine1;spine 3;chest
Bip01 Neck;Bip01 Spine2;neck;neck
Bip01 Head;Bip01 Neck;head;head
Bip01 HeadNub;Bip01 Head;top;
Bip01 % Clavicle;Bip01 Neck;clavicle;leftShoulder
Bip01 % UpperArm;Bip01 % Clavicle;upper arm;leftUpperArm
Bip01 % Forearm;Bip01 % UpperArm;lower arm;leftLowerArm
Bip01 % Hand;Bip01 % Forearm;hand;leftHand
Bip01 % Finger0;Bip01 % Hand;thumb;
Bip01 % Finger1;Bip01 % Hand;index;
Bip01 % Thigh;Bip01 Pelvis;thigh;leftUpperLeg
Bip01 % Calf;Bip01 % Thigh;calf;leftLowerLeg
Bip01 % Foot;Bip01 % Calf;foot;leftFoot
Bip01 % Toe0;Bip01 % Foot;toes;leftToes",
        twists: "
Bip01 % ForeTwist;Bip01 % Forearm;lower arm;
Bip01 % ForeTwist1;Bip01 % Forearm;lower arm 2;
Bip01 %UpArmTwist;Bip01 % UpperArm;upper arm 2;",
    },
    Scheme {
        name: "rigify",
        sides: ["L", "R"],
        bones: "
DEF-spine;;hips;hips
DEF-spine.001;DEF-spine;spine 1;
DEF-spine.002;DEF-spine.001;spine 2;
DEF-spine.003;DEF-spine.002;spine 3;chest
DEF-spine.004;DEF-spine.003;neck;
DEF-spine.005;DEF-spine.004;neck 2;neck
DEF-spine.006;DEF-spine.005;head;head
DEF-pelvis.%;DEF-spine;hips;
DEF-shoulder.%;DEF-spine.003;clavicle;leftShoulder
DEF-upper_arm.%;DEF-shoulder.%;upper arm;leftUpperArm
DEF-upper_arm.%.001;DEF-upper_arm.%;upper arm 2;
DEF-forearm.%;DEF-upper_arm.%.001;lower arm;leftLowerArm
DEF-forearm.%.001;DEF-forearm.%;lower arm 2;
DEF-hand.%;DEF-forearm.%.001;hand;leftHand
DEF-palm.01.%;DEF-hand.%;index;
DEF-f_middle.01.%;DEF-hand.%;middle;
DEF-thumb.01.%;DEF-hand.%;thumb;
DEF-thigh.%;DEF-spine;thigh;leftUpperLeg
DEF-thigh.%.001;DEF-thigh.%;thigh 2;
DEF-shin.%;DEF-thigh.%.001;calf;leftLowerLeg
DEF-shin.%.001;DEF-shin.%;calf 2;
DEF-foot.%;DEF-shin.%.001;foot;leftFoot
DEF-toe.%;DEF-foot.%;toes;leftToes",
        twists: "",
    },
    Scheme {
        name: "character creator",
        sides: ["L", "R"],
        bones: "
CC_Base_BoneRoot;;root;
CC_Base_Hip;CC_Base_BoneRoot;hips;hips
CC_Base_Pelvis;CC_Base_Hip;hips;
CC_Base_Waist;CC_Base_Hip;spine 1;
CC_Base_Spine01;CC_Base_Waist;spine 2;
CC_Base_Spine02;CC_Base_Spine01;spine 3;chest
CC_Base_NeckTwist01;CC_Base_Spine02;neck;
CC_Base_NeckTwist02;CC_Base_NeckTwist01;neck 2;neck
CC_Base_Head;CC_Base_NeckTwist02;head;head
CC_Base_%_Clavicle;CC_Base_Spine02;clavicle;leftShoulder
CC_Base_%_Upperarm;CC_Base_%_Clavicle;upper arm;leftUpperArm
CC_Base_%_Forearm;CC_Base_%_Upperarm;lower arm;leftLowerArm
CC_Base_%_Hand;CC_Base_%_Forearm;hand;leftHand
CC_Base_%_Mid1;CC_Base_%_Hand;middle;
CC_Base_%_Thumb1;CC_Base_%_Hand;thumb;
CC_Base_%_Thigh;CC_Base_Pelvis;thigh;leftUpperLeg
CC_Base_%_Calf;CC_Base_%_Thigh;calf;leftLowerLeg
CC_Base_%_Foot;CC_Base_%_Calf;foot;leftFoot
CC_Base_%_ToeBase;CC_Base_%_Foot;toes;leftToes",
        twists: "
CC_Base_%_UpperarmTwist01;CC_Base_%_Upperarm;upper arm;
CC_Base_%_UpperarmTwist02;CC_Base_%_Upperarm;upper arm 2;
CC_Base_%_ForearmTwist01;CC_Base_%_Forearm;lower arm;
CC_Base_%_ForearmTwist02;CC_Base_%_Forearm;lower arm 2;
CC_Base_%_ThighTwist01;CC_Base_%_Thigh;thigh;
CC_Base_%_CalfTwist01;CC_Base_%_Calf;calf 2;",
    },
    Scheme {
        name: "quaternius",
        sides: ["L", "R"],
        bones: "
Root;;root;
Body;Root;hips;
Hips;Body;hips;hips
Abdomen;Hips;spine 1;
Torso;Abdomen;spine 3;chest
Neck;Torso;neck;neck
Head;Neck;head;head
Shoulder.%;Torso;clavicle;leftShoulder
UpperArm.%;Shoulder.%;upper arm;leftUpperArm
LowerArm.%;UpperArm.%;lower arm;leftLowerArm
Palm.%;LowerArm.%;hand;leftHand
UpperLeg.%;Hips;thigh;leftUpperLeg
LowerLeg.%;UpperLeg.%;calf;leftLowerLeg
Foot.%;Root;foot;leftFoot
PoleTarget.%;Root;calf;",
        twists: "",
    },
    Scheme {
        name: "kaykit",
        sides: ["l", "r"],
        bones: "
root;;root;
hips;root;hips;hips
spine;hips;spine 1;
chest;spine;spine 3;chest
head;chest;head;head
upperarm.%;chest;upper arm;leftUpperArm
lowerarm.%;upperarm.%;lower arm;leftLowerArm
wrist.%;lowerarm.%;wrist;
hand.%;wrist.%;hand;leftHand
handslot.%;hand.%;middle;
upperleg.%;hips;thigh;leftUpperLeg
lowerleg.%;upperleg.%;calf;leftLowerLeg
foot.%;lowerleg.%;foot;leftFoot
toes.%;foot.%;toes;leftToes",
        twists: "",
    },
    Scheme {
        name: "makehuman",
        sides: ["L", "R"],
        bones: "
root;;hips;hips
spine05;root;spine 1;
spine03;spine05;spine 2;
spine01;spine03;spine 3;chest
neck01;spine01;neck;
neck02;neck01;neck 2;neck
head;neck02;head;head
jaw;head;top;
clavicle.%;spine01;clavicle;leftShoulder
shoulder01.%;clavicle.%;between;
upperarm01.%;shoulder01.%;upper arm;leftUpperArm
upperarm02.%;upperarm01.%;upper arm 2;
lowerarm01.%;upperarm02.%;lower arm;leftLowerArm
lowerarm02.%;lowerarm01.%;lower arm 2;
wrist.%;lowerarm02.%;hand;leftHand
finger1-1.%;wrist.%;thumb;
metacarpal1.%;wrist.%;index;
metacarpal2.%;wrist.%;middle;
pelvis.%;root;hips;
upperleg01.%;pelvis.%;thigh;leftUpperLeg
upperleg02.%;upperleg01.%;thigh 2;
lowerleg01.%;upperleg02.%;calf;leftLowerLeg
lowerleg02.%;lowerleg01.%;calf 2;
foot.%;lowerleg02.%;foot;leftFoot
toe1-1.%;foot.%;toes;leftToes
toe2-1.%;foot.%;toes;",
        twists: "",
    },
    Scheme {
        name: "joints",
        sides: ["left", "right"],
        bones: "
pelvis;;hips;hips
torso;pelvis;spine 2;chest
head;torso;head;head
%shoulder;torso;upper arm;leftUpperArm
%elbow;%shoulder;lower arm;leftLowerArm
%wrist;%elbow;hand;leftHand
%hip;pelvis;thigh;leftUpperLeg
%knee;%hip;calf;leftLowerLeg
%ankle;%knee;foot;leftFoot
%foot;%ankle;toes;leftToes",
        twists: "",
    },
    Scheme {
        name: "no words",
        sides: ["甲", "乙"],
        bones: "
骨盤;;hips;hips
背一;骨盤;spine 1;
背二;背一;spine 3;chest
首;背二;neck;neck
頭;首;head;head
頭先;頭;top;
鎖骨%;背二;clavicle;leftShoulder
上腕%;鎖骨%;upper arm;leftUpperArm
前腕%;上腕%;lower arm;leftLowerArm
手%;前腕%;hand;leftHand
指一%;手%;index;
指二%;手%;middle;
指三%;手%;thumb;
腿%;骨盤;thigh;leftUpperLeg
脛%;腿%;calf;leftLowerLeg
足%;脛%;foot;leftFoot
趾%;足%;toes;leftToes
趾先%;趾%;toe end;",
        twists: "",
    },
];
